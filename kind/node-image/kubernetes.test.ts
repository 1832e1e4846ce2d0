import {describe, expect, test} from '@jest/globals';
import {moduleOf, versionFlags} from './kubernetes.ts';

const upstream = `module k8s.io/kubernetes

go 1.25.0

godebug default=go1.25

require (
	k8s.io/api v0.0.0
	k8s.io/klog/v2 v2.130.1
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/client-go => ./staging/src/k8s.io/client-go
)
`;

describe('moduleOf', () => {
  const lines = moduleOf(upstream, '1.36.3').split('\n');

  test('takes staging modules as they are published', () => {
    expect(lines.filter(line => line.startsWith('replace'))).toEqual([
      'replace k8s.io/api => k8s.io/api v0.36.3',
      'replace k8s.io/client-go => k8s.io/client-go v0.36.3',
    ]);
  });

  test("keeps the upstream's Go version and godebug settings, which count only in the main module", () => {
    expect(lines).toContain('go 1.25.0');
    expect(lines).toContain('godebug default=go1.25');
    expect(moduleOf('go 1.26.0\n\ngodebug (\n\tdefault=go1.26\n)\n', '1.37.2')).toContain(
      'godebug (\n\tdefault=go1.26\n)',
    );
  });

  test('requires the release and names its commands', () => {
    expect(lines).toContain('require k8s.io/kubernetes v1.36.3');
    expect(lines.filter(line => line.startsWith('tool'))).toHaveLength(7);
  });
});

test('the version is set where the binaries read it', () => {
  const flags = versionFlags('1.35.4');
  expect(flags).toContain('-X k8s.io/component-base/version.gitVersion=v1.35.4');
  expect(flags).toContain('-X k8s.io/client-go/pkg/version.gitMinor=35');
});
