import type {Edit} from '../edit.ts';
import type {Generator} from './scene.ts';

const matcher = ['toSayTheSame'] as const;

/** A command in a container says something else after the restart, in one line at a time; or was not asked. */
export const outputs: Generator = function* (scene) {
  for (const [index, o] of scene.recording.observations.entries()) {
    if (o.kind !== 'output') continue;
    const {step, text} = o;
    const says = (
      kind: string,
      at: string,
      its: string,
      must: readonly string[],
      undecided: readonly string[] = [],
    ) => ({
      kind,
      at: scene.place(at),
      edit: (e: Edit) => e.each('output', output => (output.text = its), index, index),
      must,
      undecided,
    });
    const later = scene.given(matcher, ([, , after]) => after === step);
    const lines = text.split('\n').filter(line => line !== '');
    for (const [place, line] of lines.entries()) {
      const with_ = (...instead: readonly string[]) => lines.toSpliced(place, 1, ...instead).join('\n');
      const at = `${step}, line ${place + 1}`;
      yield says('a command does not say a line any more', at, with_(), later);
      yield says('a command says another line', at, with_(`${line}9`), later);
      yield says('a command says a line twice', at, with_(line, line), later);
    }
    yield says('a command says one line more', step, `${text}another\n`, later);
    const earlier = scene.given(matcher, ([, before]) => before === step);
    yield says('a container has nothing that could be kept', step, '', [], earlier);
    const beside = scene.given(matcher, ([, , , tells]) => hasNot(tells) && tells.not === step);
    yield {
      kind: 'a container is not asked',
      at: scene.place(step),
      edit: e => e.drop(each => each.kind === 'output' && each.step === step),
      must: [],
      undecided: [...earlier, ...later, ...beside],
    };
  }
};

function hasNot(tells: unknown): tells is {readonly not: unknown} {
  return typeof tells === 'object' && tells !== null && 'not' in tells;
}
