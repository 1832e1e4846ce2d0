import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {type HostFacts, withAdditions} from './additions.ts';

const plain = `# why it is so
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    image: kindest/node:v1.35.8@sha256:00
  - role: worker
    image: kindest/node:v1.35.8@sha256:00
`;
const usual: HostFacts = {cgroupVersion: 2, missingCapabilities: [], imageHasNetwork: true};
const image = 'kindest/node:v1.35.8@sha256:00';

describe('withAdditions', () => {
  test('leaves the file as it is where the host asks for nothing', () => {
    expect(withAdditions(plain, usual, {image})).toEqual({text: plain, lines: []});
  });

  test('adds for each fact what it needs, with a line that says why', () => {
    const {text, lines} = withAdditions(
      plain,
      {cgroupVersion: 1, missingCapabilities: ['CAP_SYS_RESOURCE'], imageHasNetwork: false},
      {image},
    );
    expect(lines).toHaveLength(5);
    expect(parse(text)).toMatchObject({
      networking: {disableDefaultCNI: true},
      kubeadmConfigPatches: [expect.stringContaining('failCgroupV1: false')],
      containerdConfigPatches: [
        expect.stringContaining('SystemdCgroup = false'),
        expect.stringContaining('restrict_oom_score_adj = true'),
        expect.stringContaining('base_runtime_spec = ""'),
      ],
    });
    expect(text).toContain('# why it is so');
  });

  test('gives workers an image of their own where they have one', () => {
    const {text} = withAdditions(plain, usual, {image: 'a:1', workerImage: 'b:1'});
    expect(parse(text)).toMatchObject({nodes: [{image: 'a:1'}, {image: 'b:1'}]});
  });

  test("keeps the file's own patches", () => {
    const {text} = withAdditions(
      `${plain}kubeadmConfigPatches:\n  - "own: true"\n`,
      {...usual, cgroupVersion: 1},
      {image},
    );
    expect(parse(text)).toMatchObject({
      kubeadmConfigPatches: ['own: true', expect.stringContaining('KubeletConfiguration')],
    });
  });

  test('sets the image of every node, and the port', () => {
    const {text} = withAdditions(plain, usual, {image: 'rac/node:v1.35.4', apiPort: 6444});
    expect(parse(text)).toMatchObject({
      networking: {apiServerPort: 6444},
      nodes: [{image: 'rac/node:v1.35.4'}, {image: 'rac/node:v1.35.4'}],
    });
  });
});
