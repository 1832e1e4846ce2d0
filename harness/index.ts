/** The whole surface that a suite may use. */
import './matchers/matchers.ts';

export {expect} from 'expect';
export type {Refusal} from './checks/validation.ts';
export {requirement, scenario} from './suite.ts';
export {exits, exitsAlone, type Overlay, type Scenario, type Step} from './recording/scenario.ts';
