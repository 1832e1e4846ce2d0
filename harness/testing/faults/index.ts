import {conditionFaults} from './conditions.ts';
import {containerFaults} from './containers.ts';
import {disruptionFaults} from './disruption.ts';
import {ephemeralFaults} from './ephemeral.ts';
import {failureFaults} from './failure.ts';
import {identityFaults} from './identity.ts';
import {injectionFaults} from './injection.ts';
import {loopFaults} from './loop.ts';
import {nodeFaults} from './node.ts';
import {probeFaults} from './probes.ts';
import {resourceFaults} from './resources.ts';
import {rolloutFaults} from './rollout.ts';
import {serviceLevelFaults} from './service-level.ts';
import {triggerFaults} from './trigger.ts';
import {volumeFaults} from './volumes.ts';
import {workloadFaults} from './workloads.ts';
import {declaredFeatureFaults} from './declared-features.ts';
import {validationFaults} from './validation.ts';
import type {Fault} from './fault.ts';

/** Every recorded fault: at least one for each requirement. */
export const faults: readonly Fault[] = [
  ...triggerFaults,
  ...identityFaults,
  ...volumeFaults,
  ...containerFaults,
  ...ephemeralFaults,
  ...conditionFaults,
  ...probeFaults,
  ...failureFaults,
  ...loopFaults,
  ...injectionFaults,
  ...workloadFaults,
  ...validationFaults,
  ...declaredFeatureFaults,
  ...nodeFaults,
  ...disruptionFaults,
  ...rolloutFaults,
  ...resourceFaults,
  ...serviceLevelFaults,
];
