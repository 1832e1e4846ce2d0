import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {mkdir, rename, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {run} from '../command.ts';

/** An image of one layer. */
export interface LayerImage {
  readonly reference: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly workingDirectory?: string;
  /** Beside PATH, each as NAME=VALUE. */
  readonly environment?: readonly string[];
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** What makes an archive depend on names and contents alone. */
const sameBytes = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

/** The config of a one-layer image (OCI image specification, "Image Configuration"). Static Pods call bare names, hence PATH. */
export function imageConfig(image: LayerImage, diffId: string): string {
  return JSON.stringify({
    architecture,
    os: 'linux',
    config: {
      Env: [path, ...(image.environment ?? [])],
      ...(image.user === undefined ? {} : {User: image.user}),
      ...(image.workingDirectory === undefined ? {} : {WorkingDir: image.workingDirectory}),
      ...(image.entrypoint === undefined ? {} : {Entrypoint: image.entrypoint}),
      ...(image.command === undefined ? {} : {Cmd: image.command}),
    },
    rootfs: {type: 'layers', diff_ids: [diffId]},
  });
}

/**
 * Packs a directory as an OCI image archive that `ctr images import` and `docker load` take: one gzipped layer, owned by
 * root, the same bytes for the same files.
 *
 * @param scratch an empty directory on the same disk
 * @returns the digest of the image's manifest, by which it is pulled
 */
export async function packImage(
  image: LayerImage,
  files: string,
  archive: string,
  options: {readonly scratch: string; readonly signal: AbortSignal},
): Promise<string> {
  const {scratch, signal} = options;
  const blobs = join(scratch, 'blobs', 'sha256');
  await mkdir(blobs, {recursive: true});
  const layerTar = join(scratch, 'layer.tar');
  await run('tar', ['-C', files, ...sameBytes, '-cf', layerTar, '.'], {signal});
  const diffId = await digestOfFile(layerTar);
  const packed = join(scratch, 'layer.gz');
  await pipeline(createReadStream(layerTar), createGzip({level: 6}), createWriteStream(packed), {signal});
  const layerDigest = await digestOfFile(packed);
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: layerDigest,
    size: (await stat(packed)).size,
  };
  await rename(packed, join(blobs, layerDigest.slice('sha256:'.length)));
  await run('rm', [layerTar], {signal});

  const put = async (
    mediaType: string,
    content: string,
  ): Promise<{mediaType: string; digest: string; size: number}> => {
    const digest = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, digest), content);
    return {mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(content)};
  };
  const config = await put('application/vnd.oci.image.config.v1+json', imageConfig(image, diffId));
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await put(
    manifestType,
    JSON.stringify({schemaVersion: 2, mediaType: manifestType, config, layers: [layer]}),
  );
  const tag = image.reference.slice(image.reference.lastIndexOf(':') + 1);
  const annotations = {'io.containerd.image.name': image.reference, 'org.opencontainers.image.ref.name': tag};
  const index = {schemaVersion: 2, manifests: [{...manifest, platform: {architecture, os: 'linux'}, annotations}]};
  await writeFile(join(scratch, 'index.json'), JSON.stringify(index));
  // What a docker that keeps its images in its own store reads in place of the index.
  const blob = ({digest}: {digest: string}): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;
  const forDocker = [{Config: blob(config), RepoTags: [image.reference], Layers: [blob(layer)]}];
  await writeFile(join(scratch, 'manifest.json'), JSON.stringify(forDocker));
  await writeFile(join(scratch, 'oci-layout'), JSON.stringify({imageLayoutVersion: '1.0.0'}));
  await run(
    'tar',
    ['-C', scratch, ...sameBytes, '-cf', archive, 'oci-layout', 'index.json', 'manifest.json', 'blobs'],
    {signal},
  );
  return manifest.digest;
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}
