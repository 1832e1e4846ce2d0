import {describe, expect, test} from '@jest/globals';
import {Edit} from '../../testing/edit.ts';
import {goodRecording} from '../../testing/recorded.ts';
import {storyOf, type Story} from './story.ts';

const lane = (story: Story, container: string, pod = 0) =>
  story.pods[pod]?.lanes.find(each => each.container === container)?.stays.map(({state, text}) => `${state} ${text}`);
const band = (story: Story, name: string) =>
  story.pods[0]?.bands.find(each => each.name === name)?.values.map(({text}) => text);
const marks = (story: Story, sort: string) =>
  story.marks.filter(mark => mark.sort === sort).map(({container}) => container);

describe('the story of a restart', () => {
  const story = storyOf(goodRecording('init-container-exits'));

  test('has every state of each container, its runs counted', () => {
    expect(lane(story, 'watcher')).toEqual([
      'waiting PodInitializing',
      'running run 1',
      'waiting RestartingAllContainers',
      'waiting PodInitializing',
      'running run 2',
    ]);
  });

  test('counts a run that was only seen to have ended', () => {
    expect(lane(story, 'prepare')).toEqual([
      'waiting PodInitializing',
      'ended exit 0',
      expect.stringMatching(/^waiting/),
      'running run 2',
      'ended exit 0',
    ]);
  });

  test('has containers in the order in which they start, with what they are', () => {
    expect(story.pods[0]?.lanes.map(({container, kind}) => `${kind} ${container}`)).toEqual([
      'init prepare',
      'sidecar watcher',
      'init loader',
      'sidecar reporter',
      'regular trainer',
      'regular evaluator',
      'ephemeral debugger',
    ]);
  });

  test('has the conditions, one value after another', () => {
    expect(band(story, 'AllContainersRestarting')).toEqual(['False', 'True', 'False']);
  });

  test('begins to count at the trigger', () => {
    expect(marks(story, 'trigger')).toEqual(['loader']);
    expect(story.marks.find(({sort}) => sort === 'trigger')).toMatchObject({
      atMs: story.zeroMs,
      pod: story.pods[0]?.pod,
    });
  });

  test('has what the containers wrote, by the clock of the recorder', () => {
    const exit = story.marks.find(({sort}) => sort === 'exit');
    expect(exit?.text).toBe('loader exits with 88');
    expect((exit?.atMs ?? 0) - story.zeroMs).toBeGreaterThan(-500);
    expect((exit?.atMs ?? 0) - story.zeroMs).toBeLessThan(3000);
    expect(marks(story, 'kill')).toContain('watcher');
  });

  test('names the line of the recording that showed something', () => {
    const {observations} = goodRecording('init-container-exits');
    for (const {line, fromMs} of story.pods[0]?.lanes.flatMap(({stays}) => stays) ?? [])
      expect(observations[line - 2]).toMatchObject({kind: 'pod', atMs: fromMs});
  });
});

test('the states of a Pod have no hole and do not overlap', () => {
  for (const scenario of ['kubelet-is-restarted', 'ten-pods-at-once', 'deployment']) {
    for (const {lanes} of storyOf(goodRecording(scenario)).pods) {
      for (const {stays} of lanes) {
        const [, ...later] = stays;
        expect(later.map(({fromMs}) => fromMs)).toEqual(stays.slice(0, -1).map(({toMs}) => toMs));
      }
    }
  }
});

test("the scenario's own Pod comes first, the others by their numbers", () => {
  const names = storyOf(goodRecording('ten-pods-at-once')).pods.map(({pod}) => pod);
  expect(names.slice(0, 3)).toEqual(['two-containers', 'two-containers-2', 'two-containers-3']);
  expect(names.at(-1)).toBe('two-containers-10');
});

test('a Pod made anew under its name has a hole where it was gone', () => {
  const {pods, marks: all} = storyOf(goodRecording('in-place-and-anew'));
  const stays = pods[0]?.lanes[0]?.stays ?? [];
  expect(all.some(({text}) => text === 'Pod deleted')).toBe(true);
  expect(stays.some(({toMs}, at) => toMs !== (stays[at + 1]?.fromMs ?? toMs))).toBe(true);
});

test('a gap is a mark of its own', () => {
  const edit = new Edit(goodRecording('init-container-exits'));
  edit.insert(edit.raised, {kind: 'gap', atMs: 1, resource: 'pods', why: 'too old'});
  const gap = storyOf(edit.recording).marks.find(({sort}) => sort === 'gap');
  expect(gap).toMatchObject({text: 'pods lost from sight: too old', atMs: 1});
});

test('what a node restarted writes keeps its place, though its clock begins anew', () => {
  const {marks: all, toMs} = storyOf(goodRecording('node-is-restarted'));
  for (const {atMs} of all.filter(({sort}) => sort === 'start')) {
    expect(atMs).toBeGreaterThan(-1000);
    expect(atMs).toBeLessThan(toMs + 1000);
  }
});

test('a refusal says why', () => {
  const texts = storyOf(goodRecording('validation')).marks.map(({text}) => text);
  expect(texts).toContainEqual(expect.stringMatching(/^the action Terminate: 422, Pod .* is invalid/));
});
