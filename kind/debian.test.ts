import {describe, expect, test} from '@jest/globals';
import {archiveOf, ownArchives, parseList, parseOsRelease, parseSources, stanzaOf} from './debian.ts';

const sources = `# a comment
Types: deb
# another inside
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: http://mirror.invalid/security
Suites: bookworm-security
Components: main contrib

Types: deb
Enabled: no
URIs: http://off.invalid
Suites: bookworm
Components: main

Types: deb
URIs: http://third.invalid
Suites: nodistro
Components: main
`;

describe("the machine's package sources", () => {
  test('are read from deb822 files', () => {
    expect(parseSources(sources)).toEqual([
      {
        uri: 'http://mirror.invalid/debian',
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
      {
        uri: 'http://mirror.invalid/security',
        suites: ['bookworm-security'],
        components: ['main', 'contrib'],
        signedBy: undefined,
      },
      {uri: 'http://third.invalid', suites: ['nodistro'], components: ['main'], signedBy: undefined},
    ]);
  });

  test('are read from one-line files', () => {
    expect(
      parseList(
        'deb [arch=amd64 signed-by=/k.gpg] http://m.invalid/debian bookworm main contrib # x\n# deb http://no.invalid a b\ndeb-src http://s.invalid a main',
      ),
    ).toEqual([
      {uri: 'http://m.invalid/debian', suites: ['bookworm'], components: ['main', 'contrib'], signedBy: '/k.gpg'},
    ]);
  });

  test('without those of third parties', () => {
    expect(ownArchives(parseSources(sources), 'bookworm').map(({uri}) => uri)).toEqual([
      'http://mirror.invalid/debian',
      'http://mirror.invalid/security',
    ]);
  });

  test('give another release from the same archive with the same key', () => {
    const trixie = archiveOf('trixie', parseSources(sources), 'bookworm');
    expect(trixie === undefined ? '' : stanzaOf(trixie)).toBe(
      'Types: deb\nURIs: http://mirror.invalid/debian\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    );
    expect(archiveOf('trixie', [], 'bookworm')).toBeUndefined();
  });
});

describe('parseOsRelease', () => {
  test('reads quoted and bare values', () => {
    expect(
      parseOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'),
    ).toEqual({
      id: 'debian',
      codename: 'bookworm',
      name: 'Debian GNU/Linux 12 (bookworm)',
    });
  });
});
