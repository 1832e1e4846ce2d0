import {beforeEach, describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {KindNodes} from './node-access.ts';
import {withoutGates} from './node-actions.ts';

const pod = {namespace: 'rac-1', name: 'a-pod', scenario: 'rac-1', uid: 'uid-1'};
const {signal} = new AbortController();

let commands: string[];
let refuse: (command: string) => boolean;
let nodes: KindNodes;

beforeEach(() => {
  commands = [];
  refuse = () => false;
  nodes = new KindNodes(
    node => ({
      run: (command, late, input) => {
        late.throwIfAborted();
        const line = `${node}: ${command.join(' ')}${input === undefined ? '' : ' < ...'}`;
        commands.push(line);
        return refuse(line) ? Promise.reject(new Error('no')) : Promise.resolve('featureGates: {Other: true}');
      },
      restart: () => {
        commands.push(`${node}: restart`);
        return Promise.resolve();
      },
    }),
    'busybox:1',
  );
});

/** The commands that restore a scenario's nodes, without the last, which waits until the node works. */
const undone = async (): Promise<string[]> => {
  commands = [];
  await nodes.restore(pod.scenario);
  return commands.slice(0, -1);
};

describe('what was changed on a node is undone', () => {
  test.each([
    ['stop kubelet', 'node: systemctl start kubelet'],
    [
      'block API server',
      'node: sh -c iptables -D OUTPUT ! -d 127.0.0.0/8 -p tcp --dport 6443 -j REJECT --reject-with tcp-reset && ' +
        '{ [ ! -e /proc/net/if_inet6 ] || ip6tables -D OUTPUT ! -d ::1 -p tcp --dport 6443 -j REJECT --reject-with tcp-reset; }',
    ],
    ['add image', 'node: ctr -n k8s.io images rm image.invalid/removable:1'],
  ] as const)('after "%s"', async (action, undo) => {
    await nodes.act('node', action, pod, signal);
    await expect(undone()).resolves.toEqual([undo]);
  });

  test('after the feature was turned off: its configuration is put back and the kubelet restarted', async () => {
    await nodes.act('node', 'turn gate off', pod, signal);
    const [restored, restarted] = await undone();
    expect(restored).toContain('mv /var/lib/kubelet/config.yaml.kept /var/lib/kubelet/config.yaml');
    expect(restarted).toBe('node: systemctl restart kubelet');
  });

  test('after a static Pod was placed', async () => {
    await nodes.place('node', pod, '{}', signal);
    await expect(undone()).resolves.toEqual(['node: rm -f /etc/kubernetes/manifests/rac-1.json']);
  });

  test('the newest first', async () => {
    await nodes.act('node', 'block API server', pod, signal);
    await nodes.act('node', 'stop kubelet', pod, signal);
    expect((await undone()).map(line => line.split(' ')[1])).toEqual(['systemctl', 'sh']);
  });

  test('though the action failed half-way', async () => {
    refuse = line => line.includes('systemctl stop');
    await expect(nodes.act('node', 'stop kubelet', pod, signal)).rejects.toThrow('no');
    await expect(undone()).resolves.toEqual(['node: systemctl start kubelet']);
  });

  test('though the run was broken off', async () => {
    const stop = new AbortController();
    await nodes.act('node', 'block API server', pod, stop.signal);
    stop.abort();
    await expect(undone()).resolves.toHaveLength(1);
  });
});

test('a node that was only disturbed is waited for', async () => {
  await nodes.act('node', 'restart node', pod, signal);
  await nodes.restore(pod.scenario);
  expect(commands.at(-1)).toContain('healthz');
});

test('what a step undid is not undone again, nor what another scenario did', async () => {
  await nodes.act('node', 'stop kubelet', pod, signal);
  await nodes.act('node', 'start kubelet', pod, signal);
  await nodes.act('other', 'stop kubelet', {...pod, scenario: 'rac-2'}, signal);
  await expect(undone()).resolves.toEqual([]);
  await expect(undone()).resolves.toEqual([]);
});

test('a node that does not get well ends the run', async () => {
  await nodes.act('node', 'stop kubelet', pod, signal);
  refuse = line => line.includes('systemctl start');
  await expect(nodes.restore(pod.scenario)).rejects.toMatchObject({
    exit: 'bootFailed',
    message: 'node node could not be brought back: no',
  });
});

const gate = 'RestartAllContainersOnContainerExits';

test("a kubelet's configuration loses the gates that are turned off alone", () => {
  const text = 'kind: KubeletConfiguration\nfeatureGates: {NodeDeclaredFeatures: true}\nfailSwapOn: false\n';
  expect(parse(withoutGates(text, gate))).toEqual({
    kind: 'KubeletConfiguration',
    featureGates: {NodeDeclaredFeatures: true, RestartAllContainersOnContainerExits: false},
    failSwapOn: false,
  });
  expect(parse(withoutGates('kind: KubeletConfiguration\n', gate, 'NodeDeclaredFeatures'))).toMatchObject({
    featureGates: {RestartAllContainersOnContainerExits: false, NodeDeclaredFeatures: false},
  });
});
