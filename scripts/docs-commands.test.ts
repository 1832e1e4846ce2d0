import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {CommanderError, type Command} from 'commander';
import {z} from 'zod';
import {commandsIn, type NamedCommand} from '../harness/testing/docs-commands.ts';
import {programFor} from './commands.ts';
import {root} from './paths.ts';

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];
const {scripts} = z
  .object({scripts: z.record(z.string(), z.string())})
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** Thrown in place of what a command does, once all its words were taken. */
class Taken extends Error {}

const program = await programFor(new AbortController().signal);
program.hook('preAction', () => {
  throw new Taken();
});
forEach(program, command => {
  command.configureOutput({writeOut: () => undefined, writeErr: () => undefined});
  for (const option of command.options) {
    const {parseArg} = option;
    if (parseArg === undefined) continue;
    option.argParser<unknown>((value, previous) => (isPlaceholder(value) ? value : parseArg(value, previous)));
  }
});

function forEach(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const each of command.commands) forEach(each, change);
}

/** Whether a word stands for others, such as RUN and I/N. */
function isPlaceholder(word: string): boolean {
  return /^[A-Z][A-Z/-]*$/.test(word);
}

/** What is wrong with a command that a page names; undefined where nothing is. */
function wrongWith({words: [first, ...rest], inline}: NamedCommand): string | undefined {
  // `[--flag VALUE]` may be left out, of `ID...` there may be several, and FLAGS are any.
  const words = rest.map(word => word.replaceAll(/^\[|\]$|\.{3}$/g, '')).filter(word => !['', 'FLAGS'].includes(word));
  const args = first === 'npm' ? argumentsFrom(words) : words;
  if (args === undefined || isPlaceholder(args[0] ?? '')) return undefined;
  if (typeof args === 'string') return args;
  try {
    program.parse(args, {from: 'user'});
  } catch (error) {
    if (error instanceof Taken) return undefined;
    if (!(error instanceof CommanderError)) throw error;
    const {code, message} = error;
    const isName = inline && args.every(word => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
    if (code === 'commander.helpDisplayed') return undefined;
    if (isName && ['commander.help', 'commander.missingArgument'].includes(code)) return undefined;
    return message;
  }
  return 'no command does that';
}

/** What `rac` gets from a command of npm, or what is wrong with that; undefined where it gets nothing. */
function argumentsFrom(words: readonly string[]): readonly string[] | string | undefined {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const passed = words.slice(own.length + 1);
  const [command = '', ...named] = own.filter(word => word !== '--silent');
  if (!['start', 'test', 'run'].includes(command)) return undefined;
  const [script = '', ...swallowed] = command === 'run' ? named : [command, ...named];
  const text = scripts[script];
  if (text === undefined) return `package.json has no script "${script}"`;
  if (swallowed.length > 0) return `npm takes ${swallowed.join(' ')} for itself: -- is missing`;
  const [node, path, ...given] = text.split(' ');
  return node === 'node' && path === 'scripts/rac.mjs' ? [...given, ...passed] : undefined;
}

/** What is wrong in a page, a line each. */
function wrongIn(name: string, page: string): readonly string[] {
  return commandsIn(page, ['npm', 'rac']).flatMap(command => {
    const wrong = wrongWith(command);
    return wrong === undefined ? [] : [`${name}:${command.line}: ${command.words.join(' ')}: ${wrong}`];
  });
}

test.each(pages)('%s names no command, flag or choice that there is not', name => {
  expect(wrongIn(name, readFileSync(join(root, name), 'utf8'))).toEqual([]);
});

test('the README names every command', () => {
  const named = commandsIn(readFileSync(join(root, 'README.md'), 'utf8'), ['npm']).flatMap(({words}) => {
    const args = argumentsFrom(words.slice(1));
    return typeof args === 'string' ? [] : (args?.slice(0, 1) ?? []);
  });
  expect(program.commands.map(command => command.name()).filter(name => !named.includes(name))).toEqual([]);
});

test.each([
  ['a command', 'npm run rac -- jugde RUN', "error: unknown command 'jugde'\n(Did you mean judge?)"],
  ['a subcommand', 'npm run --silent rac -- cluster upp v1.36', "error: unknown command 'upp'\n(Did you mean up?)"],
  ['a flag', 'npm start -- --profiles core', "error: unknown option '--profiles'\n(Did you mean --profile?)"],
  ['a flag of the tests', 'npm test -- --units', "error: unknown option '--units'\n(Did you mean --unit?)"],
  [
    'a choice',
    'npm run rac -- report RUN --format pdf',
    expect.stringContaining("option '--format <names...>' argument 'pdf' is invalid. Allowed choices are"),
  ],
  ['a value', 'npm start -- --shard 2/2', expect.stringContaining("argument '2/2' is invalid")],
  ['an argument too many', 'rac verify RUN FOLDER', expect.stringContaining('too many arguments')],
  ['a script', 'npm run shemas', 'package.json has no script "shemas"'],
  ['a flag that npm takes for itself', 'npm start --only IDN-1', 'npm takes --only IDN-1 for itself: -- is missing'],
])('%s that there is not is found', (_, text, wrong) => {
  const [command] = commandsIn(`\`${text}\``, ['npm', 'rac']);
  expect(command === undefined ? 'not found' : wrongWith(command)).toEqual(wrong);
});

test('an argument is missing in a block of code; in a sentence the name stands for the command', () => {
  expect(wrongIn('page', '`rac keep` needs two.\n\n```sh\nrac keep RUN\n```\n')).toEqual([
    "page:4: rac keep RUN: error: missing required argument 'folder'",
  ]);
});

test('a place is that of the line, in tables, lists, loops and commands of several lines too', () => {
  const page = [
    '| `rac one` | what it does |',
    '| --------- | ------------ |',
    '| `rac two` | that         |',
    '',
    '- a list with `rac',
    '  three`',
    '',
    '  ```sh',
    '  for run in runs/*; do npm run rac -- four $run; done | head # rac none',
    '  rac five \\',
    '    --flag "of two words" > rac',
    '  rac six',
    '  ```',
  ].join('\n');
  expect(commandsIn(page, ['npm', 'rac']).map(({line, words}) => [line, words.join(' ')])).toEqual([
    [1, 'rac one'],
    [3, 'rac two'],
    [5, 'rac three'],
    [9, 'npm run rac -- four $run'],
    [10, 'rac five --flag of two words'],
    [12, 'rac six'],
  ]);
});
