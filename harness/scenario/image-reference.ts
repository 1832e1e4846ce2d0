import {SuiteError} from '../errors.ts';

/**
 * An image as a mirror has it: the mirror's host and path, and then the path that the image has where it comes from. Tag and
 * digest stay.
 *
 * @param mirror such as `mirror.example:5000/team`; undefined leaves the image as it is
 * @throws SuiteError `usage` where the mirror is not HOST or HOST/PATH
 */
export function inMirror(image: string, mirror: string | undefined): string {
  if (mirror === undefined) return image;
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/i.test(mirror)) {
    throw new SuiteError('usage', `--image-registry ${JSON.stringify(mirror)} is not of the form HOST/PATH`, {
      next: 'leave out the scheme and the slash at the end, as in mirror.example:5000/team',
    });
  }
  const [first = '', ...rest] = image.split('/');
  const path = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? rest.join('/') : image;
  return `${mirror}/${path}`;
}
