/** The whole surface that a suite may use. */
import './matchers/matchers.ts';

export {requirement, scenario} from './suite.ts';
export type {Scenario} from './recording/observation.ts';
