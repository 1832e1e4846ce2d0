import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const clients = ['@kubernetes/client-node', 'execa', 'testcontainers', 'node:child_process', 'node:timers*'];
const pure = 'This folder is a pure function of files: no client, no command, no clock.';

/** Keeps the data going one way: target, scenario, recorder -> recording -> checks -> verdicts -> report. */
const mayNotImport = (files, patterns) => ({
  files,
  ignores: ['**/*.test.ts'],
  rules: {'no-restricted-imports': ['error', {patterns}]},
});

export default tseslint.config(
  {ignores: ['node_modules/', 'runs/']},
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {globals: {process: 'readonly', console: 'readonly', URL: 'readonly'}},
  },
  {
    files: ['harness/report/page/page.js'],
    languageOptions: {
      sourceType: 'script',
      globals: {
        document: 'readonly',
        location: 'readonly',
        addEventListener: 'readonly',
        requestAnimationFrame: 'readonly',
        FormData: 'readonly',
        HTMLDetailsElement: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
      '@typescript-eslint/consistent-type-assertions': ['error', {assertionStyle: 'never'}],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', {ignoreRestSiblings: true}],
    },
  },
  {
    files: ['**/*.test.ts'],
    extends: [jest.configs['flat/recommended']],
    settings: {jest: {globalPackage: '@jest/globals'}},
    rules: {'jest/valid-title': 'off'},
  },
  {
    files: ['suites/**/*.ts'],
    plugins: {jest},
    rules: {
      'jest/expect-expect': 'off',
      'jest/no-standalone-expect': ['error', {additionalTestBlockFunctions: ['requirement']}],
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreVoidReturningFunctions: true}],
      'jest/require-top-level-describe': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.\\./harness/index\\.ts$|\\./scenarios\\.ts$)',
              message: 'A suite imports ../harness/index.ts and its scenarios.',
            },
          ],
        },
      ],
    },
  },
  mayNotImport(
    ['harness/recording/**'],
    [
      {group: clients, allowTypeImports: true, message: pure},
      {
        regex: '\\.\\./(target|scenario|recorder|checks|matchers|verdicts|report)/',
        message: 'recording/ comes before these.',
      },
    ],
  ),
  mayNotImport(
    ['harness/model/**'],
    [
      {group: clients, message: pure},
      {
        regex: '\\.\\./(target|scenario|recorder|checks|matchers|verdicts|report)/',
        message: 'model/ reads recordings alone.',
      },
    ],
  ),
  mayNotImport(
    ['harness/checks/**'],
    [
      {group: clients, message: pure},
      {
        regex: '\\.\\./(target|scenario|recorder|matchers|verdicts|report)/',
        message: 'checks/ reads recordings alone.',
      },
    ],
  ),
  mayNotImport(
    ['harness/matchers/**', 'harness/verdicts/**', 'harness/report/**'],
    [
      {group: clients, message: pure},
      {
        regex: '\\.\\./(target|scenario|recorder)/',
        message: 'Everything right of the recording is a function of files.',
      },
    ],
  ),
  mayNotImport(
    ['harness/replay/**', 'harness/soak/**', 'harness/progress/**', 'harness/sources/**'],
    [
      {group: clients, message: pure},
      {
        regex: '\\.\\./(target|scenario|recorder|checks|matchers)/',
        message: 'What was recorded and judged is all that these read.',
      },
    ],
  ),
  mayNotImport(['harness/**', 'kind/**'], [{regex: '/scripts/', message: 'Nothing imports from scripts/.'}]),
);
