import type {Config} from 'jest';

export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {}, // Jest strips the types itself
  testMatch: ['<rootDir>/{harness,kind,scripts,suites}/**/*.test.ts'],
} satisfies Config;
