import {marked} from 'marked';

/** A command as a page names it. */
export interface NamedCommand {
  /** Line of the page, from 1 on. */
  readonly line: number;
  /** Its words, without quotes; the first is the program. */
  readonly words: readonly string[];
  /** Whether it stands in a sentence, where a name alone may stand for a command. */
  readonly inline: boolean;
}

/** Every command of some programs in a page of Markdown, in its blocks of code and in its sentences. */
export function commandsIn(page: string, programs: readonly string[]): readonly NamedCommand[] {
  const found: NamedCommand[] = [];
  let reached = 0;
  void marked.walkTokens(marked.lexer(page), token => {
    if (token.type !== 'code' && token.type !== 'codespan') return;
    const inline = token.type === 'codespan';
    const text: unknown = inline ? token.raw.replaceAll('`', '') : token.text;
    if (typeof text !== 'string') return;
    let begun: {readonly line: number; readonly text: string} | undefined;
    for (const part of text.split('\n')) {
      // Tokens have no places, but come in the order of the page.
      const at = page.indexOf(part.trim(), reached);
      if (at >= 0) reached = at + part.trim().length;
      const whole = `${begun?.text ?? ''} ${part.replace(/\\$/, '')}`;
      begun = {line: begun?.line ?? page.slice(0, reached).split('\n').length, text: whole};
      if (inline || part.endsWith('\\')) continue;
      found.push(...commandsOf(begun, programs, inline));
      begun = undefined;
    }
    if (begun !== undefined) found.push(...commandsOf(begun, programs, inline));
  });
  return found;
}

/** What may stand before a command: a prompt, a variable, the begin of a loop's body. */
const before = /^(\$|do|then|time|[A-Z_]+=.*)$/;

/** The commands in a line of a shell, which operators part. */
function commandsOf(
  {line, text}: {readonly line: number; readonly text: string},
  programs: readonly string[],
  inline: boolean,
): readonly NamedCommand[] {
  const commands: string[][] = [[]];
  for (const [part] of text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'|&;<>])+|[|&;<>]+/g)) {
    if (part.startsWith('#')) break;
    if (/^[|&;<>]/.test(part)) commands.push(/[<>]/.test(part) ? [part] : []);
    else commands.at(-1)?.push(part.replaceAll(/["']/g, ''));
  }
  return commands
    .map(words =>
      words.slice(
        Math.max(
          0,
          words.findIndex(word => !before.test(word)),
        ),
      ),
    )
    .filter(([program]) => program !== undefined && programs.includes(program))
    .map(words => ({line, words, inline}));
}
