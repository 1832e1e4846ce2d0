import {describe, expect, test} from '@jest/globals';
import {timelineOf} from '../recording/timeline.ts';
import {Edit} from '../testing/edit.ts';
import {goodRecording} from '../testing/recorded.ts';
import {late} from '../testing/faults/service-level.ts';
import {restartsEachPodOnce, startsWithoutRetry} from './service-level.ts';

test('a node that did not get as many Pods up as were asked for says nothing of so many', () => {
  const edit = new Edit(goodRecording('ten-pods-at-once'));
  edit.insert(0, {kind: 'gap', atMs: 0, resource: 'copies', why: '7 of 10 Pods got up in time'});
  const timeline = timelineOf(edit.recording);
  if (timeline === undefined) throw new Error('not a recording of a restart');
  const {outcome, saw, evidence} = restartsEachPodOnce()(timeline);
  expect({outcome, saw, text: evidence[0]?.text}).toEqual({
    outcome: 'unknown',
    saw: 'the node did not get so many Pods up in time',
    text: '7 of 10 Pods got up in time',
  });
});

describe('a restart after an ordinary one that is late', () => {
  const busy = 'one restart was late, by no more than a node explains that is busy at times';

  /** What is made of a good run of eight restarts, 2.1 s apart, after an edit. */
  function judged(change: (edit: Edit) => void) {
    const edit = new Edit(goodRecording('restarted-alone-before'));
    change(edit);
    const timeline = timelineOf(edit.recording, 'in place');
    if (timeline === undefined) throw new Error('not a recording of a restart');
    return startsWithoutRetry()(timeline);
  }

  /** Has the node stand still for 12 s from the exit of a Pod on. */
  function standStill(edit: Edit, pod: string): void {
    const exit = edit.recording.observations.find(
      o => o.kind === 'journal' && o.pod === pod && o.entry.what === 'exit' && o.entry.code === 88,
    );
    const from = exit?.kind === 'journal' ? exit.entry.uptime : NaN;
    edit.each('journal', ({entry}) => {
      if (entry.uptime <= from) return;
      entry.uptime = Math.max(entry.uptime, from + 12 + (entry.uptime - from) / 100);
      if (entry.what === 'start') entry.began = Math.max(entry.began, from + 12 + (entry.began - from) / 100);
    });
  }

  test('counts where others on the node restarted promptly meanwhile, which are shown', () => {
    const finding = judged(edit => {
      late(edit, 'two-containers-4', 2, 12);
    });
    expect(finding).toMatchObject({outcome: 'broken', saw: 'restarts came with such a retry'});
    expect(finding.evidence.map(({text}) => text.replace(/:.*/, ''))).toEqual([
      'two-containers-4',
      ...['two-containers-5', 'two-containers-6', 'two-containers-7', 'two-containers-8'],
    ]);
  });

  test('counts where another is late too, and the node did not stand still', () => {
    const finding = judged(edit => {
      late(edit, 'two-containers-3', 2, 12);
      late(edit, 'two-containers-6', 2, 12);
    });
    expect(finding).toMatchObject({outcome: 'broken', saw: 'restarts came with such a retry'});
  });

  test('does not where no other restarted meanwhile', () => {
    const finding = judged(edit => {
      late(edit, 'two-containers-8', 2, 12);
    });
    expect(finding).toMatchObject({outcome: 'unknown', saw: busy});
  });

  test('does not where its other container was told to end at once', () => {
    const finding = judged(edit => {
      let ended = 0;
      edit.each('journal', ({entry, pod}) => {
        if (pod === 'two-containers-4' && entry.what === 'SIGTERM') ended = entry.uptime;
      });
      late(edit, 'two-containers-4', 2, 12);
      edit.each('journal', ({entry, pod}) => {
        if (pod === 'two-containers-4' && entry.what === 'SIGTERM') entry.uptime = ended;
      });
    });
    expect(finding).toMatchObject({outcome: 'unknown', saw: busy});
  });

  test.each(['two-containers-3', 'two-containers-7'])(
    'does not where the node stood still from the exit of %s on',
    pod => {
      expect(
        judged(edit => {
          standStill(edit, pod);
        }).outcome,
      ).toBe('unknown');
    },
  );
});
