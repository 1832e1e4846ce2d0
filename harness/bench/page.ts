import {readFileSync} from 'node:fs';
import {html} from 'htm/preact';
import {marked} from 'marked';
import {renderToStaticMarkup} from 'preact-render-to-string';
import {drawingsOf, type Drawing} from './drawings.ts';
import type {Summary} from './summary.ts';
import {benchText} from './text.ts';

const styles = readFileSync(new URL('../report/page/page.css', import.meta.url), 'utf8');
const own = readFileSync(new URL('bench.css', import.meta.url), 'utf8');

/** Benchmarks as one HTML file that needs nothing else, and the drawings in it, each to be kept as a file too. */
export function benchPage(summary: Summary): {readonly page: string; readonly drawings: readonly Drawing[]} {
  const drawings = drawingsOf(summary);
  const releases = summary.benches.map(({target}) => target.server).join(', ');
  const tables = marked
    .parse(benchText(summary), {async: false})
    .replaceAll('<table>', '<div class="scroll" tabindex="0" role="group" aria-label="table"><table>')
    .replaceAll('</table>', '</table></div>');
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <title>${`How fast: RestartAllContainers on Kubernetes ${releases}`}</title>
      <style dangerouslySetInnerHTML=${{__html: `${styles}\n${own}`}} />
    </head>
    <body>
      <header class="masthead">
        <p class="kind">Benchmark: RestartAllContainers, KEP-5532</p>
        <h1>${`How long restarts take on Kubernetes ${releases}`}</h1>
      </header>
      <main id="main" class="bench">
        ${drawings.map(
          ({name, caption, svg}) =>
            html`<figure id=${name}>
              <div
                class="scroll"
                tabindex="0"
                role="img"
                aria-label=${caption}
                dangerouslySetInnerHTML=${{__html: svg}}
              />
              <figcaption>${caption}</figcaption>
            </figure>`,
        )}
        <section aria-labelledby="tables">
          <h2 id="tables">The figures</h2>
          <div dangerouslySetInnerHTML=${{__html: tables}} />
        </section>
      </main>
    </body>
  </html>`;
  return {page: `<!doctype html>\n${renderToStaticMarkup(page)}\n`, drawings};
}
