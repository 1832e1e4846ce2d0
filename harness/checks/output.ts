import {held, broken, unknown, type Check, type Evidence} from './finding.ts';
import {ofRestart, stimulusEvidence} from './restart.ts';

/**
 * A command in a container says the same before a restart and after it.
 *
 * @param about what it tells of, in words
 * @param before name of the step that runs it before the restart
 * @param after and of the one that does afterwards
 * @param tells what it must say at all, by a pattern or by the name of a step that runs it in a container which has none of it;
 *   otherwise there is nothing that could be kept
 */
export function saysTheSame(
  about: string,
  before: string,
  after: string,
  tells: {readonly like: RegExp} | {readonly not: string},
): Check {
  return timeline => {
    const expected = `${about}: the same before and after`;
    const outputs = timeline.recording.observations.flatMap((o, index) => (o.kind === 'output' ? [{...o, index}] : []));
    const said = (step: string) => outputs.find(each => each.step === step);
    const [was, is] = [said(before), said(after)];
    if (was === undefined || is === undefined) return unknown(expected, 'the container was not asked');
    const without = 'not' in tells ? said(tells.not) : undefined;
    if ('not' in tells && without === undefined) return unknown(expected, 'no container without it was asked');
    const shows = 'like' in tells ? (tells.like.exec(was.text)?.[0] ?? '') : difference(was.text, without?.text ?? '');
    const [lost, found] = [difference(was.text, is.text), difference(is.text, was.text)];
    const show = ({index, atMs}: typeof was, other: string): Evidence => ({
      index,
      atMs,
      text: other === '' ? shows : other,
    });
    const trail = [show(was, lost), stimulusEvidence(timeline), show(is, found)];
    if (shows === '') return unknown(expected, 'the container has none', trail);
    return lost === '' && found === ''
      ? ofRestart(timeline, held(expected, trail))
      : broken(expected, 'it is another', trail);
  };
}

/** The lines that one text has and another has not, or not as often, in one. */
function difference(text: string, other: string): string {
  const others = other.split('\n');
  return text
    .split('\n')
    .filter(line => {
      const same = others.indexOf(line);
      if (same !== -1) others.splice(same, 1);
      return same === -1 && line !== '';
    })
    .join(', ');
}
