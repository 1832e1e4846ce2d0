import {create} from 'xmlbuilder2';
import {profiles} from '../verdicts/catalogue.ts';
import type {Outcome} from '../verdicts/verdict.ts';
import {details, summary} from './console.ts';
import {groups} from './groups.ts';
import type {Report, Row} from './report.ts';

/** What a reader of JUnit sees of a test case, each a child element of its own. */
type Child = 'failure' | 'error' | 'skipped';

/**
 * The element that stands for a verdict. Readers know three: `failure` and `error` make a run red, `skipped` leaves it as it is,
 * and what has none counts as passed. Inconclusive is an `error`, since nothing may pass that was not seen to hold and nothing
 * fail that was not seen to break. A known deviation is `skipped`: it has not passed, and a run with it ends with exit code 0.
 */
const children = {
  Passed: undefined,
  Failed: 'failure',
  Error: 'error',
  Inconclusive: 'error',
  KnownDeviation: 'skipped',
  Skipped: 'skipped',
} as const satisfies Record<Outcome, Child | undefined>;

interface Case {
  readonly name: string;
  readonly className: string;
  readonly child?: {readonly element: Child; readonly type: string; readonly message: string; readonly text: string};
  /** What was measured. */
  readonly output?: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/**
 * The report as JUnit XML: a suite for each profile, a test case for each requirement, and one for the run where it says
 * nothing of a restart, since readers count a file in which everything is skipped as passed.
 */
export function formatJUnit(report: Report): string {
  const suites = [...profiles.map(name => ofProfile(report, name)), ofRun(report)].filter(
    ({cases}) => cases.length > 0,
  );
  const document = create({version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD'});
  const root = document.ele('testsuites', {
    name: `RestartAllContainers conformance ${report.suite}`,
    ...tally(suites.flatMap(({cases}) => cases)),
  });
  for (const {name, cases} of suites) {
    const suite = root.ele('testsuite', {name, ...tally(cases)});
    const properties = suite.ele('properties');
    for (const [key, value] of Object.entries(environment(report))) properties.ele('property', {name: key, value});
    for (const {name: title, className, child, output} of cases) {
      const one = suite.ele('testcase', {name: title, classname: className, time: '0'});
      if (child !== undefined) one.ele(child.element, {message: child.message, type: child.type}).txt(child.text);
      if (output !== undefined) one.ele('system-out').txt(output);
    }
  }
  return `${document.end({prettyPrint: true})}\n`;
}

/** `time` is 0: what takes time is recorded beforehand, and one recording speaks for many requirements. */
function tally(cases: readonly Case[]): Record<string, string> {
  const count = (element: Child): string => String(cases.filter(({child}) => child?.element === element).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: '0',
  };
}

function ofProfile({rows, unjudged}: Report, name: (typeof profiles)[number]): Suite {
  const inProfile = ({requirement: {profile}}: Pick<Row, 'requirement'>): boolean => profile === name;
  const open = unjudged.map(requirement => ({requirement})).filter(inProfile);
  return {
    name,
    cases: [
      ...rows.filter(inProfile).map(ofRow),
      ...open.map(({requirement}) => ({
        ...named(requirement),
        child: {element: 'skipped', type: 'not judged', message: 'not judged in this run', text: ''} as const,
      })),
    ],
  };
}

function ofRow(row: Row): Case {
  const {requirement, verdict} = row;
  const element = children[verdict.outcome];
  const text = details(row).join('\n');
  if (element === undefined) return {...named(requirement), ...(text === '' ? {} : {output: text})};
  const why = verdict.reason ?? (verdict.outcome === 'Failed' ? undefined : verdict.outcome);
  const message = why === undefined ? verdict.saw : `${why}: ${verdict.saw}`;
  return {...named(requirement), child: {element, type: `${requirement.level} ${verdict.outcome}`, message, text}};
}

/** The name stays the same from run to run, so that a reader can tell its history. */
function named({id, title, profile}: Row['requirement']): Pick<Case, 'name' | 'className'> {
  const [prefix = ''] = id.split('-');
  return {name: `${id} ${title}`, className: `${profile}.${groups[prefix] ?? prefix}`};
}

function ofRun(report: Report): Suite {
  const {result, counts} = report;
  const red = counts.Failed + counts.Error + counts.Inconclusive > 0;
  if (result !== 'unsupported' && (red || counts.Passed > 0)) return {name: 'run', cases: []};
  const message =
    result === 'unsupported'
      ? 'the feature is off on this target: nothing was judged of a restart'
      : 'nothing was judged in this run';
  const child = {element: 'error', type: result, message, text: summary(report)} as const;
  return {name: 'run', cases: [{name: 'The run tells whether the target conforms', className: 'run', child}]};
}

function environment({suite, target}: Report): Readonly<Record<string, string>> {
  return {
    suite,
    context: target.context,
    kubernetes: target.server,
    image: target.image,
    nodes: target.nodes.map(({name, kubelet, runtime}) => `${name}: kubelet ${kubelet}, ${runtime}`).join('; '),
  };
}
