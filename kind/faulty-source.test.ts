import {describe, expect, test} from '@jest/globals';
import {withEdit} from './faulty-source.ts';

const source = `package sample

func (s *sample) first() int {
	return 1
}

func second() int {
	if true {
		return 2
	}
	return 1
}
`;

const edit = {file: 'sample/sample.go', find: 'return 2', replace: 'return 3'};

describe('withEdit', () => {
  test('replaces text that is there once', () => {
    expect(withEdit(source, edit)).toBe(source.replace('return 2', 'return 3'));
  });

  test('looks only in the function that is named, with or without a receiver', () => {
    expect(withEdit(source, {...edit, in: 'second', find: 'return 1'})).toContain('return 3\n}\n');
    expect(withEdit(source, {...edit, in: 'first', find: 'return 1'})).toContain('first() int {\n\treturn 3\n}');
  });

  test('counts where the text is there more often', () => {
    expect(withEdit(source, {...edit, find: 'return', nth: 2})).toContain('return 3 2');
  });

  test('refuses a place that is not the only one', () => {
    expect(() => withEdit(source, {...edit, find: 'return 1'})).toThrow('sample/sample.go has "return 1" 2 times');
  });

  test('refuses a place that is not there', () => {
    expect(() => withEdit(source, {...edit, in: 'first'})).toThrow('first of sample/sample.go has "return 2" 0 times');
    expect(() => withEdit(source, {...edit, nth: 2})).toThrow('sample/sample.go has "return 2" 1 times');
    expect(() => withEdit(source, {...edit, in: 'third'})).toThrow('sample/sample.go has 0 functions third');
  });
});
