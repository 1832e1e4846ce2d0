import {describe, expect, test} from '@jest/globals';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {select, type Asked} from './selection.ts';
import {allStatements} from '../harness/statements.ts';

const catalogue = readCatalogue(new URL('../suites/', import.meta.url));
const statements = await allStatements();
const asked = (differs: Partial<Asked>) =>
  select(catalogue, statements, {profile: ['core'], only: [], skip: [], ...differs});

test('a profile selects its requirements, and the scenarios that judge them', () => {
  const {requirements, scenarios} = asked({profile: ['api']});
  expect(requirements).toContain('API-1');
  expect(requirements).not.toContain('TRG-1');
  expect(scenarios.map(({id}) => id)).toContain('validation');
});

describe('one requirement alone', () => {
  test('is judged without any other where it says that something happens', () => {
    expect([...asked({only: ['TRG-1']}).requirements]).toEqual(['TRG-1']);
  });

  test('is judged beside its controls, which are recorded too, where it says that nothing does', () => {
    const {requirements, scenarios} = asked({only: ['TRG-5']});
    expect([...requirements]).toEqual(['TRG-5', 'TRG-1', 'TRG-2', 'TRG-3']);
    expect(scenarios.map(({id}) => id)).toEqual(
      expect.arrayContaining(['regular-container-exits-otherwise', 'regular-container-exits']),
    );
  });

  test('is judged beside the controls that the user left', () => {
    expect([...asked({only: ['TRG-5'], skip: ['TRG-1', 'TRG-3']}).requirements]).toEqual(['TRG-5', 'TRG-2']);
  });

  test('and its control may be controls of each other', () => {
    expect([...asked({only: ['TRG-16']}).requirements].toSorted()).toEqual(['TRG-16', 'TRG-20']);
  });
});

test('a requirement that no suite states is refused', () => {
  const others = statements.filter(({requirement}) => requirement.id !== 'IDN-1');
  expect(() => select(catalogue, others, {profile: ['core'], only: ['IDN-1'], skip: []})).toThrow(
    'no suite states IDN-1',
  );
});

test('scenarios that are named are recorded alone, and judged by all that they state', () => {
  const {requirements, scenarios} = asked({profile: ['all'], scenarios: ['sidecar-exits']});
  expect(scenarios.map(({id}) => id)).toEqual(['sidecar-exits']);
  expect([...requirements]).toEqual(expect.arrayContaining(['TRG-3', 'IDN-1', 'CND-2']));
  expect(requirements).not.toContain('TRG-4');
});

test.each([
  [{scenarios: ['nothing-happens']}, 'there is no scenario "nothing-happens"'],
  [{profile: ['windows']}, 'there is no profile "windows"'],
  [{only: ['IDN-99']}, 'there is no requirement "IDN-99"'],
  [{skip: ['IDN-99']}, 'there is no requirement "IDN-99"'],
  [{only: ['TRG-1'], skip: ['TRG-1']}, 'nothing is left to judge'],
])('%j is refused', (differs, message) => {
  expect(() => asked(differs)).toThrow(message);
});
