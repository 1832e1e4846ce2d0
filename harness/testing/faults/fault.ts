import type {Edit} from '../edit.ts';

/** A named fault, put into a good recording, and all that it turns red with what is seen instead. */
export interface Fault {
  readonly name: string;
  /** Scenario whose recording is edited. */
  readonly in: string;
  readonly edit: (recording: Edit) => void;
  /** Requirement to what its verdict says; nothing else may turn. */
  readonly turns: Readonly<Record<string, string>>;
}
