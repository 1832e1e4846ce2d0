import {broken, held, unknown, type Check} from './finding.ts';
import {allRestarted, stimulusEvidence} from './restart.ts';

/** Codes with which the log itself is refused; others speak of rights, or of the way to the kubelet. */
const ofTheLog = [400, 404];

/**
 * The log of the run that the restart ended can be read with `previous` (KEP-5532, Troubleshooting; Debug Running Pods).
 *
 * @param step that asks for it
 * @param text that the run wrote
 */
export function readsPreviousLog(step: string, text: string): Check {
  return timeline => {
    const expected = `the log of the previous run has "${text}"`;
    const trail = [stimulusEvidence(timeline)];
    if (!allRestarted(timeline)) return unknown(expected, 'no restart of all containers was seen', trail);
    const answers = timeline.recording.observations.flatMap((o, index) =>
      o.kind === 'answer' && o.name === step ? [{...o, index}] : [],
    );
    const [answer] = answers;
    if (answer === undefined) return unknown(expected, 'the log was not asked for', trail);
    const {index, atMs, code, body} = answer;
    const seen = [...trail, {index, atMs, text: `answered ${code}: ${String(body)}`}];
    const {prefix = ''} = timeline.recording.header;
    const said = prefix === '' ? String(body) : String(body).replaceAll(prefix, '');
    if (code !== 200)
      return (ofTheLog.includes(code) ? broken : unknown)(expected, `the answer was ${code}: ${said}`, seen);
    if (!String(body).includes(text)) return broken(expected, 'the log does not have what the run wrote', seen);
    return held(expected, seen);
  };
}
