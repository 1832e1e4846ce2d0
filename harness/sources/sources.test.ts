import {describe, expect, test} from '@jest/globals';
import {readCatalogue, type Catalogue} from '../verdicts/catalogue.ts';
import {readMarkdown} from './markdown.ts';
import {digestsOf, driftOf, readSources, sourceOf} from './sources.ts';

const text = `---
title: "Tea"
weight: 1
---

Tea is hot.

## How to *make* it {#how-to-make-it}

Boil {{< glossary_tooltip text="water" term_id="water" >}}. Then wait
for 3 min. <!-- not said -->

{{< feature-state feature_gate_name="Tea" >}}

1. Pour it.
   - With \`care\`. Slowly.

### Green

Use [cold](https://example.invalid/) water.

### Black

\`\`\`yaml
kind: Tea. Strong.
\`\`\`

| a | b |
| - | - |
| one | two |

## Cups

Of clay.
`;

const sentencesOf = (heading: string) => readMarkdown(text).sections.find(each => each.heading === heading)?.sentences;

describe('a document in Markdown', () => {
  test('is known by its own title', () => {
    expect(readMarkdown(text).title).toBe('Tea');
    expect(readMarkdown('# KEP-1: A thing\n\ntext').title).toBe('KEP-1: A thing');
  });

  test('is read sentence by sentence, without its markup', () => {
    expect(sentencesOf('How to make it')).toEqual([
      'Boil water.',
      'Then wait for 3 min.',
      'Pour it.',
      'With care.',
      'Slowly.',
    ]);
    expect(sentencesOf('Green')).toEqual(['Use cold water.']);
  });

  test('has each block of code and each cell as one sentence', () => {
    expect(sentencesOf('Black')).toEqual(['kind: Tea Strong.', 'one', 'two']);
  });
});

const requirement = (
  id: string,
  section: string,
): [string, Catalogue['requirements'] extends ReadonlyMap<string, infer R> ? R : never] => [
  id,
  {id, level: 'MUST', title: id, source: {document: 'Tea', section}, since: '1.35', profile: 'core', gates: 'on'},
];
const catalogue: Catalogue = {
  requirements: new Map([
    requirement('TEA-1', 'How to make it'),
    requirement('TEA-2', 'Green'),
    requirement('TEA-3', 'Cups'),
  ]),
  deviations: [],
};
const asked = {document: 'Tea', title: 'Tea', at: 'here'};
const {kept, missing} = digestsOf(text, asked, ['Cups', 'Green', 'How to make it', 'Milk']);

test('what is kept are digests of the cited sections', () => {
  expect(missing).toEqual(['Milk']);
  expect(kept.sections.map(({section, sentences}) => [section, sentences.length])).toEqual([
    ['Cups', 1],
    ['Green', 1],
    ['How to make it', 8], // with Black, which nothing cites by itself
  ]);
  expect(JSON.stringify(kept)).not.toContain('water');
});

const drift = (newer: string) => driftOf('tea.md', newer, [kept], catalogue);

describe('a newer copy', () => {
  test('that differs in markup, line breaks and what nothing rests on has not drifted', () => {
    expect(drift(text)).toEqual([]);
    expect(drift(text.replace('Tea is hot.', 'Tea is *cold*.').replace('wait\nfor', '__wait__ for'))).toEqual([]);
  });

  test('with another sentence has, with the requirements that rest on its section', () => {
    expect(drift(text.replace('3 min', '5 min'))).toEqual([
      {
        document: 'Tea',
        section: 'How to make it',
        found: true,
        added: ['Then wait for 5 min.'],
        removed: 1,
        requirements: ['TEA-1'],
      },
    ]);
  });

  test('without a section has, too', () => {
    expect(drift(text.replace('## Cups', '## Mugs'))).toMatchObject([
      {section: 'Cups', found: false, added: [], removed: 1, requirements: ['TEA-3']},
    ]);
  });

  test('of another document is refused', () => {
    expect(() => drift('# Coffee\n')).toThrow('tea.md calls itself "Coffee", which no requirement rests on');
  });
});

describe('suites/sources.yaml', () => {
  const folder = new URL('../../suites/', import.meta.url);
  const sources = readSources(folder);
  const cited = [...readCatalogue(folder).requirements.values()].flatMap(({source, also = []}) => [source, ...also]);

  test.each(sources.flatMap(({document, sections}) => sections.map(({section}) => [document, section])))(
    '%s, %s is what a requirement rests on',
    (document, section) => {
      expect(cited).toContainEqual({document, section});
    },
  );

  test('tells its documents apart', () => {
    for (const {title, document} of sources) expect(sourceOf('a.md', `# ${title}\n`, sources).document).toBe(document);
  });
});
