/** The whole surface that a suite may use. */
export {expect} from './matchers/matchers.ts';
export type {Refusal} from './checks/validation.ts';
export {requirement, scenario} from './suite.ts';
export {anyDevice, exits, exitsAlone, type Overlay, type Scenario, type Step} from './recording/scenario.ts';
