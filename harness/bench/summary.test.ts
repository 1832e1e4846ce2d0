import {expect, test} from '@jest/globals';
import {aBench} from '../testing/a-bench.ts';
import {summaryOf} from './summary.ts';

const bench = aBench();

test('there is a line for each shape, number of Pods and way', () => {
  const lines = summaryOf([bench]).lines.map(
    ({shape, pods, way, seen}) => `${shape.id} ${pods} ${way} ${seen?.count ?? 0}`,
  );
  expect(lines).toEqual([
    'two-containers 1 in place 107',
    'two-containers 1 deleted and created 7',
    'ten-containers 1 in place 5',
    'many-at-once 1 in place 1',
    'many-at-once 10 in place 10',
  ]);
});

test('what is not in place is compared with what is, by the medians', () => {
  const anew = summaryOf([bench]).lines.find(({way}) => way === 'deleted and created');
  const inPlace = summaryOf([bench]).lines.find(({way, shape}) => way === 'in place' && shape.id === 'two-containers');
  const ratio = (anew?.seen?.p50.value ?? NaN) / (inPlace?.seen?.p50.value ?? NaN);
  expect(anew?.ratio?.value).toBeCloseTo(ratio);
  expect(inPlace?.ratio).toBeUndefined();
});

test('Pods of one step are over when the last of them is', () => {
  const crowd = summaryOf([bench]).lines.find(({pods}) => pods === 10);
  expect(crowd?.together?.count).toBe(1);
  expect(crowd?.together?.max).toBeGreaterThanOrEqual(crowd?.seen?.max ?? NaN);
});

test('a step of which a Pod is missing says nothing of all its Pods', () => {
  const last = bench.samples.findLastIndex(({pods}) => pods === 10);
  const [crowd] = summaryOf([{...bench, samples: bench.samples.toSpliced(last, 1)}]).lines.filter(
    ({pods}) => pods === 10,
  );
  expect(crowd?.seen?.count).toBe(9);
  expect(crowd?.together).toBeUndefined();
});

test('the model is compared with every shape of which one Pod restarts at a time', () => {
  const compared = summaryOf([bench]).compared.map(({line}) => line.shape.id);
  expect(compared).toEqual(['two-containers', 'ten-containers']);
});

test('two releases stand beside each other, shape by shape', () => {
  const other = {...bench, target: {...bench.target, server: 'v1.36.3', release: '1.36'}};
  const lines = summaryOf([bench, other]).lines.filter(({way, pods}) => way === 'in place' && pods === 1);
  expect(lines.map(({shape, release}) => `${shape.id} ${release}`).slice(0, 2)).toEqual([
    'two-containers 1.35.4',
    'two-containers 1.36.3',
  ]);
});
