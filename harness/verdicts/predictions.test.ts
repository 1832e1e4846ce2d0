import {readdirSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {readCatalogue} from './catalogue.ts';
import {readPredictions, unlikePredicted, type Prediction} from './predictions.ts';
import type {Outcome, Verdict} from './verdict.ts';

const suites = new URL('../../suites/', import.meta.url);

describe('suites/predictions.yaml', () => {
  const configs = readdirSync(new URL('../../kind/', import.meta.url)).filter(name => name.endsWith('.yaml'));
  const {requirements} = readCatalogue(suites);

  test.each(readPredictions(suites))('$id names a config and requirements that there are', prediction => {
    const {config, Passed, KnownDeviation, Failed} = prediction;
    expect(configs).toContain(`${config}.yaml`);
    expect([...Passed, ...KnownDeviation, ...Failed].filter(id => !requirements.has(id))).toEqual([]);
  });
});

describe('unlikePredicted', () => {
  const prediction: Prediction = {
    id: 'gate-off',
    describes: 'the feature is off',
    config: 'v1.35-gate-off',
    Passed: ['API-27'],
    KnownDeviation: [],
    Failed: ['DEC-1'],
  };
  const verdict = (requirement: string, outcome: Outcome): Verdict => ({
    requirement,
    scenario: 'validation',
    outcome,
    expected: 'the action is refused',
    saw: 'it was accepted',
    excerpt: [],
  });
  const asPredicted = [verdict('API-27', 'Passed'), verdict('DEC-1', 'Failed'), verdict('TRG-1', 'Skipped')];

  test('is empty where each has the outcome that was predicted, and all else is Skipped', () => {
    expect(unlikePredicted(prediction, asPredicted)).toEqual([]);
  });

  test('names what has another outcome, and what it saw', () => {
    expect(unlikePredicted(prediction, [...asPredicted, verdict('API-27', 'Failed')])).toEqual([
      'API-27 is Failed, not Passed: it was accepted',
    ]);
  });

  test('names what was to be Skipped and was not', () => {
    expect(unlikePredicted(prediction, [...asPredicted, verdict('TRG-2', 'Passed')])).toEqual([
      'TRG-2 is Passed, not Skipped: it was accepted',
    ]);
  });

  test('names what was predicted and not judged', () => {
    expect(unlikePredicted(prediction, asPredicted.slice(1))).toEqual(['API-27 is not judged, not Passed']);
  });
});
