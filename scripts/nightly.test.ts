import {accessSync, constants, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {execa} from 'execa';
import {parse} from 'yaml';
import {z} from 'zod';
import {configNames} from '../kind/config.ts';
import {root} from './paths.ts';

const script = join(root, 'scripts/nightly.sh');
const workflow = z
  .looseObject({
    on: z.looseObject({schedule: z.array(z.strictObject({cron: z.string()})).min(1)}),
    jobs: z.looseObject({
      release: z.looseObject({
        strategy: z.looseObject({
          'fail-fast': z.literal(false),
          matrix: z.strictObject({release: z.array(z.string())}),
        }),
        steps: z.array(
          z.looseObject({run: z.string().optional(), if: z.string().optional(), uses: z.string().optional()}),
        ),
      }),
    }),
  })
  .parse(parse(readFileSync(join(root, '.github/workflows/nightly.yml'), 'utf8')));
const {strategy, steps} = workflow.jobs.release;

test('the workflow runs the script on each release, and nothing else', () => {
  expect(steps.flatMap(({run}) => run ?? [])).toEqual(['scripts/nightly.sh ${{ matrix.release }}']);
  expect(() => {
    accessSync(script, constants.X_OK);
  }).not.toThrow();
});

test('its releases are those that the script does by itself, and have configs', async () => {
  const known = await configNames();
  expect(strategy.matrix.release.filter(release => !known.includes(release))).toEqual([]);
  expect(readFileSync(script, 'utf8')).toContain(`releases=(${strategy.matrix.release.join(' ')})`);
});

test('what a night gives is kept when it is red, too', () => {
  const keeping = steps.filter(({uses}) => /upload-artifact|cache\/save/.test(uses ?? ''));
  expect(keeping.map(each => each.if)).toEqual(keeping.map(() => 'always()'));
});

test('the script parses', async () => {
  await expect(execa('bash', ['-n', script])).resolves.toMatchObject({exitCode: 0});
});
