/** The whole surface that a suite may use. */
import './matchers/matchers.ts';

export {expect} from 'expect';
export {requirement, scenario} from './suite.ts';
export {exits, exitsAlone, type Scenario} from './recording/scenario.ts';
