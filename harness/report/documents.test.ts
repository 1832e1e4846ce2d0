import {expect, test} from '@jest/globals';
import {readCatalogue} from '../verdicts/catalogue.ts';
import {addressOf} from './documents.ts';

test('every document that a requirement names has an address, unless it is no single page', () => {
  const {requirements} = readCatalogue(new URL('../../suites/', import.meta.url));
  const named = [...requirements.values()].flatMap(({source, also = []}) => [source, ...also]);
  const without = new Set(named.map(({document}) => document).filter(document => addressOf(document) === undefined));
  expect([...without]).toEqual(['Kubernetes source']);
});
