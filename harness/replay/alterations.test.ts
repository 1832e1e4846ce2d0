import {expect, test} from '@jest/globals';
import {alterations} from './alterations.ts';
import {digestOf} from './digest.ts';

const lines = ['header', 'one', 'two', 'three', 'four', 'end'];
const text = (...some: readonly string[]): string => some.map(line => `${line}\n`).join('');
const whole = text(...lines);
const without = (...gone: readonly string[]): string => text(...lines.filter(line => !gone.includes(line)));

test('a text that is the same has none', () => {
  expect(alterations(digestOf(whole), whole)).toEqual([]);
  expect(alterations(digestOf(''), '')).toEqual([]);
});

test.each<[what: string, now: string, said: readonly string[]]>([
  ['a line is altered', whole.replace('two', 'too'), ['line 3 was altered']],
  [
    'two lines are altered',
    whole.replace('one', 'ten').replace('four', 'for'),
    ['line 2 was altered', 'line 5 was altered'],
  ],
  ['lines side by side are altered', whole.replace('one\ntwo', '1\n2'), ['lines 2 to 3 were altered']],
  ['the first line is altered', whole.replace('header', 'head'), ['line 1 was altered']],
  ['the last line is altered', whole.replace('end', 'ends'), ['line 6 was altered']],
  ['a line is removed', without('two'), ['line 3 was removed']],
  ['the first line is removed', without('header'), ['line 1 was removed']],
  ['lines are removed', without('one', 'two', 'four'), ['lines 2 to 3 were removed', 'line 5 was removed']],
  [
    'one is removed and a later one altered',
    without('one').replace('four', '4'),
    ['line 2 was removed', 'line 4 was altered'],
  ],
  ['a line is added', whole.replace('two', 'two\nand a half'), ['line 4 was added']],
  ['lines follow the end', `${whole}more\nand more\n`, ['lines 7 to 8 were added']],
  ['a line is written twice', whole.replace('two', 'two\ntwo'), ['line 4 was added']],
  ['it is cut after a line', text('header', 'one'), ['was cut short after line 2 of 6']],
  ['it is cut in a line', 'header\none\nt', ['was cut short in line 3 of 6']],
  ['it is empty', '', ['is empty, and had 6 lines']],
  ['its last line break is gone', whole.slice(0, -1), ['lacks its last line break']],
  ['nothing of it is left', 'other\n', ['line 1 was altered', 'lines 2 to 6 were removed']],
])('it is said where %s', (_, now, said) => {
  expect(alterations(digestOf(whole), now)).toEqual(said);
});

test('a line that has the mark of another is not named, but the text is no less altered', () => {
  expect(alterations({...digestOf(whole), sha256: digestOf('').sha256}, whole)).toEqual([
    'was altered, in a line that its mark does not tell',
  ]);
});
