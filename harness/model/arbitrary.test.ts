import {describe, expect, test} from '@jest/globals';
import * as fc from 'fast-check';
import {parse} from 'yaml';
import {pods, stories} from './arbitrary.ts';
import {laws} from './laws.ts';
import {manifestOf, manifestText} from './manifest.ts';
import {predictAll, restartCount, startUp, stateOf} from './model.ts';

const settings = {seed: 5532, numRuns: 200};

describe('every generated Pod', () => {
  test('is one that the API server takes', () => {
    fc.assert(
      fc.property(pods, ({containers}) => {
        for (const {kind, restartPolicy, rules} of containers) {
          expect(rules.length === 0 || restartPolicy !== undefined).toBe(true);
          expect(rules.every(({values}) => values.length > 0)).toBe(true);
          expect(kind === 'sidecar').toBe(kind !== 'regular' && restartPolicy === 'Always');
        }
        const names = containers.map(({name}) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(containers.at(-1)?.kind).toBe('regular');
      }),
      settings,
    );
  });

  test('has no init container that is restarted for ever when it completes', () => {
    fc.assert(
      fc.property(pods, ({containers}) => {
        for (const each of containers) expect(each.kind === 'init' && laws.ruleFor(each, 0) !== undefined).toBe(false);
      }),
      settings,
    );
  });

  test('is printed as the manifest that is sent, below the commands', () => {
    fc.assert(
      fc.property(stories, story => {
        const text = manifestText(story, 'pod', 'busybox');
        expect(parse(text)).toEqual(manifestOf(story.pod, 'pod', 'busybox'));
        expect(text.split('\n').filter(line => line.startsWith('#'))).toHaveLength(1 + story.exits.length);
      }),
      settings,
    );
  });
});

describe('in every story', () => {
  test('at least one container is told, and each one runs when it is', () => {
    fc.assert(
      fc.property(stories, ({pod, exits}) => {
        expect(exits.length).toBeGreaterThan(0);
        expect(predictAll(pod, exits)).toHaveLength(exits.length);
      }),
      settings,
    );
  });

  test('a count rises by one for each restart of its container, and never otherwise', () => {
    fc.assert(
      fc.property(stories, ({pod, exits}) => {
        for (const {action, before, after, exit} of predictAll(pod, exits)) {
          const rises = pod.containers.map(({name}) => {
            const [was, is] = [stateOf(before, name), stateOf(after, name)];
            const rise = restartCount(is) - restartCount(was);
            if (was.runs === 0) return rise === 0;
            if (action === 'restart all') return rise === 1;
            return rise === (action === 'restart' && name === exit.container ? 1 : 0);
          });
          expect(rises).not.toContain(false);
        }
      }),
      settings,
    );
  });

  test('no container is restarted alone twice, so that none waits for the crash-loop back-off', () => {
    fc.assert(
      fc.property(stories, ({pod, exits}) => {
        const alone = predictAll(pod, exits).flatMap(({action, exit}) => (action === 'restart' ? exit.container : []));
        expect(new Set(alone).size).toBe(alone.length);
      }),
      settings,
    );
  });

  test('a Pod is over where its phase says so, is over at the end alone, and has nothing that runs', () => {
    fc.assert(
      fc.property(stories, ({pod, exits}) => {
        const states = [startUp(pod), ...predictAll(pod, exits).map(({after}) => after)];
        for (const {phase, over, containers} of states) {
          expect(over).toBe(phase === 'Succeeded' || phase === 'Failed');
          expect([...containers.values()].some(({state}) => state === 'running')).toBe(!over);
        }
        expect(states.slice(0, -1).some(({over}) => over)).toBe(false);
      }),
      settings,
    );
  });
});

test('of the generated exits a good part restarts all, and every kind of container is the source of one', () => {
  const told = fc.sample(stories, settings).flatMap(({pod, exits}) =>
    predictAll(pod, exits).map(({action, exit}) => ({
      action,
      kind: pod.containers.find(({name}) => name === exit.container)?.kind,
    })),
  );
  const restarts = told.filter(({action}) => action === 'restart all');
  expect(restarts.length / told.length).toBeGreaterThan(0.2);
  expect(new Set(restarts.map(({kind}) => kind))).toEqual(new Set(['init', 'sidecar', 'regular']));
});

test('a story that shows a fault shrinks to the smallest Pod that shows it', () => {
  const result = fc.check(
    fc.property(stories, ({pod, exits}) => predictAll(pod, exits).every(({action}) => action !== 'restart all')),
    settings,
  );
  const [smallest] = result.counterexample ?? [];
  const containers = smallest?.pod.containers ?? [];
  // A Pod needs a regular container, whichever triggers.
  expect(containers.length).toBeLessThanOrEqual(2);
  expect(containers.flatMap(({rules}) => rules)).toHaveLength(1);
  expect(smallest?.exits).toHaveLength(1);
});
