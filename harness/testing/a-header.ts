import {formatVersion, type Header} from '../recording/observation.ts';

/** The header of a recording of the sidecar scenario. */
export const aHeader: Header = {
  kind: 'header',
  format: formatVersion,
  suite: '0.0.0',
  scenario: {
    id: 'sidecar-exits',
    title: 'a sidecar exits with a listed code',
    manifest: 'source-sidecar.yaml',
    steps: [
      {do: 'debug', name: 'an ephemeral container is added', container: 'debugger'},
      {do: 'exit', name: 'exit', tells: [{container: 'watcher', code: 88}], until: 'restarted'},
    ],
  },
  manifestSha256: '0'.repeat(64),
  pod: 'pod',
  containers: ['a'],
  server: 'v1.35.4',
  image: 'busybox:test',
  startedAt: '2026-01-01T00:00:00.000Z',
};
