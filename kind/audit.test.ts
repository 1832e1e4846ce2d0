import {expect, test} from '@jest/globals';
import {auditOf} from './audit.ts';

const line = (username: string, code: number, more = {}) =>
  JSON.stringify({verb: 'get', requestURI: '/x', user: {username}, responseStatus: {code, message: 'no'}, ...more});

test('every request of a client counts, those too in which it does not name itself', () => {
  const log = [line('a', 200, {userAgent: 'suite/1'}), line('a', 101), line('b', 403), ''].join('\n');
  expect(auditOf(log, 'suite')).toEqual({requests: 2, refused: []});
});

test.each([401, 403])('a request that was refused with %d is told', code => {
  const log = [line('a', 200, {userAgent: 'suite/1'}), line('a', code), line('a', 404)].join('\n');
  expect(auditOf(log, 'suite')).toEqual({requests: 3, refused: ['get /x: no']});
});
