import {expect, test} from '@jest/globals';
import {goPackages} from './install-go.ts';

test("where the system's own Go can't fetch newer ones, the next Debian release has one that can", () => {
  expect(goPackages({id: 'debian', codename: 'bookworm', name: 'Debian 12'})).toEqual({
    packages: ['golang-go/trixie', 'golang-src/trixie'],
    newer: 'trixie',
  });
});

test.each([
  ['debian', 'trixie'],
  ['ubuntu', 'noble'],
])("%s %s's own Go does", (id, codename) => {
  expect(goPackages({id, codename, name: id})).toEqual({packages: ['golang-go']});
});
