import {describe, expect, test} from '@jest/globals';
import {enginePackages, noEngine} from './install-engine.ts';

const debian = (codename: string): {id: string; codename: string; name: string} => ({
  id: 'debian',
  codename,
  name: `Debian (${codename})`,
});

describe('enginePackages', () => {
  test("takes trixie's docker.io on bookworm, with the client only where there is none", () => {
    expect(enginePackages(debian('bookworm'), true)).toMatchObject({packages: ['docker.io/trixie'], newer: 'trixie'});
    expect(enginePackages(debian('bookworm'), false).packages).toEqual(['docker.io/trixie', 'docker-cli/trixie']);
  });

  test("takes the system's own elsewhere", () => {
    expect(enginePackages(debian('trixie'), false)).toMatchObject({packages: ['docker.io', 'docker-cli']});
    expect(enginePackages(debian('trixie'), false).newer).toBeUndefined();
    expect(enginePackages({id: 'ubuntu', codename: 'noble', name: 'Ubuntu'}, false).packages).toEqual(['docker.io']);
  });
});

describe('noEngine', () => {
  test('names the command to run', () => {
    expect(noEngine(debian('bookworm'), false)).toMatchObject({
      exit: 'noEngine',
      next: expect.stringContaining('sudo apt-get install docker.io'),
    });
    expect(noEngine(debian('bookworm'), true).next).toContain('sudo systemctl start docker');
    expect(noEngine(undefined, false).next).toContain('Docker or Podman');
  });
});
