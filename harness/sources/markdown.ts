import {marked, type Token, type Tokens} from 'marked';

/** A section of a document: the text below its heading, without that of the sections in it. */
export interface Section {
  readonly heading: string;
  /** 1 for the heading of the document. */
  readonly depth: number;
  /** Plain sentences in their order; a block of code, and a cell of a table, is one. */
  readonly sentences: readonly string[];
}

/** A document as far as it can be compared with another copy of itself. */
export interface MarkdownDocument {
  /** What it calls itself: `title` of its front matter, else its first heading. */
  readonly title: string;
  readonly sections: readonly Section[];
}

const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/;

/** Reads a Markdown document, with front matter and shortcodes as the Kubernetes documentation has them. */
export function readMarkdown(text: string): MarkdownDocument {
  const front = frontMatter.exec(text);
  const titled = /^title: *(.*)$/m.exec(front?.[1] ?? '')?.[1];
  const sections: {heading: string; depth: number; sentences: string[]}[] = [{heading: '', depth: 1, sentences: []}];
  for (const token of marked.lexer(withoutShortcodes(text.slice(front?.[0].length ?? 0)))) {
    if (isHeading(token)) {
      const heading = plain(textOf(token)).replace(/ *\{#[^}]*\}$/, '');
      sections.push({heading, depth: token.depth, sentences: []});
    } else {
      sections.at(-1)?.sentences.push(...blocks(token).flatMap(sentencesOf));
    }
  }
  const title = titled?.replaceAll(/^["']|["']$/g, '') ?? sections[1]?.heading ?? '';
  return {title, sections};
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}

/** A shortcode with a text stands for it, any other for nothing; a comment is not part of what is said. */
function withoutShortcodes(text: string): string {
  return text
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/\{\{[<%][^}]*?\btext="([^"]*)"[^}]*\}\}/g, '$1')
    .replaceAll(/\{\{[<%][^}]*\}\}/g, '');
}

/** The texts of a block, each of which no sentence goes beyond. */
function blocks(token: Token): readonly string[] {
  if (token.type === 'code') return [textOf(token).replaceAll(/[.!?](?=\s)/g, '')]; // one sentence, whatever is in it
  if (token.type === 'list' && 'items' in token) return all(token.items).flatMap(blocks);
  if (token.type === 'table' && 'rows' in token) {
    const rows: unknown = token.rows;
    return (Array.isArray(rows) ? rows : []).flatMap(row => all(row).map(textOf));
  }
  const inner = 'tokens' in token ? all(token.tokens) : [];
  const isOuter = inner.some(({type}) => ['paragraph', 'list', 'code', 'text'].includes(type)) && token.type !== 'text';
  return isOuter && token.type !== 'paragraph' ? inner.flatMap(blocks) : [textOf(token)];
}

/** What is read of a token, without its markup. */
function textOf(token: Token | {readonly tokens?: unknown}): string {
  const inner = 'tokens' in token ? all(token.tokens) : [];
  if (inner.length > 0) return inner.map(textOf).join('');
  return 'text' in token && typeof token.text === 'string' ? token.text : '';
}

function all(tokens: unknown): readonly Token[] {
  const list: readonly Token[] = Array.isArray(tokens) ? tokens : [];
  return list;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const segmenter = new Intl.Segmenter('en', {granularity: 'sentence'});

function sentencesOf(text: string): readonly string[] {
  return [...segmenter.segment(plain(text))].map(({segment}) => segment.trim()).filter(segment => /\w/.test(segment));
}
