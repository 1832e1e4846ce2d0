import type {Target} from '../recording/target.ts';
import {outcome, summarize, type Outcome, type Verdict} from './verdict.ts';

type Node = Target['nodes'][number];

/** Nodes that are alike in all that a restart may depend on, and what the run comes to on them, by requirement. */
export interface Pool {
  readonly kubelet: string;
  readonly runtime: string;
  readonly os: string;
  readonly architecture?: string | undefined;
  readonly nodes: readonly string[];
  readonly counts: Readonly<Record<Outcome, number>>;
}

/** Verdicts by node pool; a verdict on what ran on no node that could be read belongs to none. */
export function poolsOf({nodes}: Target, verdicts: readonly Verdict[]): readonly Pool[] {
  const alike = Map.groupBy(nodes, ({kubelet, runtime, os, architecture}: Node) =>
    [kubelet, runtime, os, architecture].join(' '),
  );
  return [...alike.values()].flatMap(its => {
    const [first] = its;
    if (first === undefined) return [];
    const names = its.map(({name}) => name);
    const here = verdicts.filter(({node}) => node !== undefined && names.includes(node));
    const counts = {Passed: 0, Failed: 0, Inconclusive: 0, Error: 0, KnownDeviation: 0, Skipped: 0};
    for (const some of Map.groupBy(here, ({requirement}) => requirement).values()) {
      const verdict = summarize(some);
      if (verdict !== undefined) counts[outcome.parse(verdict.outcome)]++;
    }
    const {kubelet, runtime, os, architecture} = first;
    return [{kubelet, runtime, os, architecture, nodes: names, counts}];
  });
}

/**
 * Where the probes of the gate disagree, a line each: on the API server, on a node, or between nodes. A verdict does not depend
 * on it, but it is worth knowing of a cluster.
 */
export function disagreements({probes, nodes}: Target): readonly string[] {
  const said = (what: RegExp): string | undefined =>
    probes.find(({name, says}) => what.test(name) && says !== 'unknown')?.says;
  const [answers, metric] = [said(/dry-run/), said(/kube-apiserver/)];
  const ofServer =
    answers !== undefined && metric !== undefined && answers !== metric
      ? [`the API server answers as if the gate were ${answers}, and its metric says ${metric}`]
      : [];
  const ofNodes = nodes.flatMap(({name, gate = 'unknown', declaresFeature}) => {
    if (gate === 'unknown' || (gate === 'on') === declaresFeature) return [];
    return [
      `the kubelet of ${name} has the gate ${gate}, and the node ${declaresFeature ? 'declares' : 'does not declare'} the feature`,
    ];
  });
  const withIt = nodes.filter(hasIt).map(({name}) => name);
  const without = nodes.filter(node => !hasIt(node)).map(({name}) => name);
  const between =
    withIt.length > 0 && without.length > 0
      ? [`the feature is on at ${withIt.join(', ')} and off at ${without.join(', ')}`]
      : [];
  const server = answers ?? metric;
  const apart =
    server !== undefined && nodes.length > 0 && (server === 'on' ? withIt : without).length === 0
      ? [`the feature is ${server} in the API server and ${server === 'on' ? 'off' : 'on'} at every node`]
      : [];
  return [...ofServer, ...apart, ...ofNodes, ...between];
}

function hasIt({gate = 'unknown', declaresFeature}: Node): boolean {
  return gate === 'unknown' ? declaresFeature : gate === 'on';
}
