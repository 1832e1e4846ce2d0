import {expect, test} from '@jest/globals';
import {summarizeKills, type KillMatrix} from '../verdicts/kill-matrix.ts';
import {formatKillMatrix} from './kills.ts';

const matrix: KillMatrix = {
  recorded: {
    generated: 40,
    requirements: [
      {requirement: 'CTR-4', named: ['sidecar-exits: a count jumps', 'sidecar-exits: a count stays'], generated: 30},
      {requirement: 'IDN-1', named: ['sidecar-exits: the UID changes'], generated: 12},
    ],
  },
  live: [
    {
      release: '1.35.4',
      faults: [
        {
          id: 'count-by-two',
          describes: 'restartCount goes up by two',
          group: 'counts',
          expects: ['CTR-4'],
          killedBy: ['CTR-4', 'LOP-3'],
          outcome: 'killed',
        },
        {id: 'log-line', describes: 'a log line more', group: 'control', expects: [], killedBy: [], outcome: 'control'},
      ],
    },
  ],
};

test('the matrix has a line for each requirement, the faulty components of each release, and how many there are', () => {
  expect(formatKillMatrix(summarizeKills(matrix, ['IDN-1', 'CTR-4', 'LOP-3']), matrix)).toBe(
    `requirement, named and generated edits of recordings, faulty components
IDN-1        1         12
CTR-4        2         30  1.35.4: count-by-two
LOP-3        0          0  1.35.4: count-by-two

Faulty components on Kubernetes 1.35.4: 1 control, 1 killed
  count-by-two                 counts       killed by CTR-4, LOP-3: restartCount goes up by two
  log-line                     control      control: a log line more

Faults that the requirements are known to catch (rac catalogue --kills)
  edited recordings   2 of 3 requirements, by 3 named and 40 generated edits
  faulty components   2 of 3 requirements, by 1 of 1 that were tried on a cluster
`,
  );
});
