import {anyDevice, exits, expect, requirement, scenario, type Scenario, type Step} from '../harness/index.ts';

const ask = (name: string, script: string, container = 'source'): Step => ({
  do: 'run',
  name,
  container,
  command: ['sh', '-c', script],
});

/** What a device plugin gives: environment, device files and mounts; Services of the namespace come and go. */
const ofDevice =
  'env | grep -v -e _SERVICE_ -e _PORT -e ^HOSTNAME= | sort; find /dev -type b -o -type c | sort | xargs stat -c "%n %t:%T"; cut -d " " -f 2 /proc/mounts | sort';

const device: Scenario = {
  id: 'device-is-attached',
  title: 'a container with a device exits with a listed code',
  manifest: 'two-containers.yaml',
  overlay: {
    containers: {
      source: {
        resources: {
          requests: {cpu: '10m', memory: '16Mi'},
          limits: {cpu: '1', memory: '64Mi', [anyDevice]: '1'},
        },
      },
    },
  },
  needs: ['device plugin'],
  steps: [
    ask('no device', ofDevice, 'worker'),
    ask('the device before', ofDevice),
    exits('source', 88),
    ask('the device after', ofDevice),
  ],
};

scenario([device], restart => {
  requirement('IDN-13', () =>
    expect(restart).toSayTheSame(
      'environment, device files and mounts of source',
      'the device before',
      'the device after',
      {not: 'no device'},
    ),
  );
});

const ofCpus = 'grep Cpus_allowed_list /proc/self/status';

/** At release 1.35 a Pod in which the source alone ran waits for the kubelet's periodic sync. */
const ownCpu: Scenario = {
  id: 'own-cpu',
  title: 'a container with a CPU for itself exits with a listed code',
  manifest: 'own-cpu.yaml',
  needs: ['static CPU manager'],
  steps: [ask('the CPU before', ofCpus), {...exits('source', 88), seconds: 110}, ask('the CPU after', ofCpus)],
};

scenario([ownCpu], restart => {
  requirement('IDN-14', () =>
    expect(restart).toSayTheSame('the CPU that source may use', 'the CPU before', 'the CPU after', {
      like: /Cpus_allowed_list:\s*\d+$/m,
    }),
  );
});
