import {z} from 'zod';
import {SuiteError} from '../errors.ts';
import {sha256} from '../replay/digest.ts';
import {readYaml} from '../verdicts/yaml-file.ts';
import type {Catalogue} from '../verdicts/catalogue.ts';
import {readMarkdown, type Section} from './markdown.ts';

const sourceSchema = z.strictObject({
  /** As the requirements call it. */
  document: z.string(),
  /** How the document's own title begins. */
  title: z.string(),
  /** Where it lies, and in which revision it was read. */
  at: z.string(),
  sections: z.array(
    z.strictObject({
      section: z.string(),
      /** Of each sentence the first characters of its SHA-256, in the order of the text. */
      sentences: z.array(z.string().regex(/^[0-9a-f]{12}$/)),
    }),
  ),
});

/** A document that requirements rest on, as it was when they were written. */
export type Source = z.infer<typeof sourceSchema>;

/** What of a section is another in a newer copy. */
export interface Drift {
  readonly document: string;
  readonly section: string;
  /** Whether the newer copy has a section of that name. */
  readonly found: boolean;
  /** Sentences of the newer copy that the older did not have. */
  readonly added: readonly string[];
  /** How many of the older one are gone. */
  readonly removed: number;
  /** The requirements that rest on the section. */
  readonly requirements: readonly string[];
}

/**
 * Reads suites/sources.yaml.
 *
 * @param folder URL of suites/
 * @throws SuiteError `badData` where it doesn't fit its schema
 */
export function readSources(folder: URL): readonly Source[] {
  return readYaml(new URL('sources.yaml', folder), z.array(sourceSchema));
}

/** What a sentence is known by. */
export function digestOfSentence(sentence: string): string {
  return sha256(sentence).slice(0, 12);
}

/**
 * Compares a newer copy of a document with what is kept of it.
 *
 * @param name of the file, for messages
 * @throws SuiteError `usage` where it is none of the documents
 */
export function driftOf(
  name: string,
  text: string,
  sources: readonly Source[],
  {requirements}: Catalogue,
): readonly Drift[] {
  const {sections} = readMarkdown(text);
  const source = sourceOf(name, text, sources);
  const {document} = source;
  const cited = source.sections.map(({section}) => section);
  return source.sections.flatMap(({section, sentences}) => {
    const newer = sentencesIn(sections, section, cited);
    const digests = newer?.map(digestOfSentence) ?? [];
    const added = (newer ?? []).filter((_, at) => !sentences.includes(digests[at] ?? ''));
    const removed = sentences.filter(digest => !digests.includes(digest)).length;
    if (newer !== undefined && added.length === 0 && removed === 0) return [];
    const resting = [...requirements.values()].filter(({source: own, also = []}) =>
      [own, ...also].some(each => each.document === document && each.section === section),
    );
    return [{document, section, found: newer !== undefined, added, removed, requirements: resting.map(({id}) => id)}];
  });
}

/**
 * Which document a copy is of.
 *
 * @throws SuiteError `usage` where it is none of those that requirements rest on
 */
export function sourceOf(name: string, text: string, sources: readonly Source[]): Source {
  const {title} = readMarkdown(text);
  const source = sources.find(each => title.startsWith(each.title));
  if (source !== undefined) return source;
  throw new SuiteError('usage', `${name} calls itself ${JSON.stringify(title)}, which no requirement rests on`, {
    next: `name a Markdown copy of ${sources.map(each => each.document).join(', ')}`,
  });
}

/**
 * What is to be kept of a copy: the digests of each section that a requirement rests on.
 *
 * @returns that, and the cited sections that the copy does not have
 */
export function digestsOf(
  text: string,
  source: Omit<Source, 'sections'>,
  cited: readonly string[],
): {readonly kept: Source; readonly missing: readonly string[]} {
  const {sections} = readMarkdown(text);
  const found = cited.map(section => ({section, its: sentencesIn(sections, section, cited)}));
  return {
    kept: {
      ...source,
      sections: found.flatMap(({section, its}) =>
        its === undefined ? [] : [{section, sentences: its.map(digestOfSentence)}],
      ),
    },
    missing: found.filter(({its}) => its === undefined).map(({section}) => section),
  };
}

/** The sentences of a section and of those in it that are not cited by themselves; undefined where there is no such section. */
function sentencesIn(
  sections: readonly Section[],
  heading: string,
  cited: readonly string[],
): readonly string[] | undefined {
  const at = sections.findIndex(section => bare(section.heading) === bare(heading));
  const own = sections[at];
  if (own === undefined) return undefined;
  const rest = sections.slice(at + 1);
  const end = rest.findIndex(({depth}) => depth <= own.depth);
  const inner = end === -1 ? rest : rest.slice(0, end);
  const others = new Set(cited.map(bare));
  let skipped = Infinity; // depth of a cited section whose inner sections go with it
  return [
    ...own.sentences,
    ...inner.flatMap(({heading: its, depth, sentences}) => {
      if (depth > skipped) return [];
      skipped = others.has(bare(its)) ? depth : Infinity;
      return skipped === depth ? [] : sentences;
    }),
  ];
}

function bare(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
