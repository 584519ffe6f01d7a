/**
 * The TensorFlow that plug-tune is tested with: which wheel each platform takes, its size and its SHA-256. The
 * table is data alone; `fetch.ts` fetches what it names, and a test passes a table of its own.
 */

/** One wheel as the package index serves it. */
export interface Wheel {
  /** Name and version as pip takes them, `tensorflow-cpu==2.21.0`. */
  requirement: string;
  /** The file's name; its platform tags are what pip is asked for. */
  file: string;
  bytes: number;
  sha256: string;
  /** Bytes on the disk once unpacked, to refuse early when they do not fit. */
  unpackedBytes: number;
}

/** What one platform and flavour needs: the library's wheel first, then what it loads. */
export interface WheelSet {
  tensorflowVersion: string;
  wheels: Wheel[];
}

/** By `platform-arch-flavour`, such as `linux-x64-cpu`. */
export type WheelTable = Record<string, WheelSet>;

/** The parts of a wheel that are kept: the two libraries, the C headers, NVIDIA's libraries and the licences. */
export const KEEP = [
  '^tensorflow/libtensorflow_(cc|framework)[^/]*$',
  '^tensorflow/include/(tensorflow/c|tensorflow/core/platform|tsl/platform|xla/tsl/c)/.*\\.h$',
  '^tensorflow/include/third_party/gpus/cuda/cuda_config\\.h$',
  '^nvidia/(?!.*/include/).*[^/]$',
  '^[^/]+\\.dist-info/(METADATA|LICEN[CS]E[^/]*|licenses/.*[^/])$',
].join('|');

const version = '2.21.0';

function tensorflow(
  name: string,
  platform: string,
  bytes: number,
  unpackedBytes: number,
  sha256: string,
): Wheel {
  const file = `${name.replace('-', '_')}-${version}-cp312-cp312-${platform}.whl`;
  return { requirement: `${name}==${version}`, file, bytes, sha256, unpackedBytes };
}

function nvidia(file: string, bytes: number, unpackedBytes: number, sha256: string): Wheel {
  const [name, release] = file.split('-');
  return { requirement: `${name.replaceAll('_', '-')}==${release}`, file, bytes, sha256, unpackedBytes };
}

/** What `tensorflow[and-cuda]==2.21.0` asks for in its METADATA, each at the newest version in its range. */
const nvidiaLinuxX64: Wheel[] = [
  nvidia(
    'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    581217458,
    855064416,
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  nvidia(
    'nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl',
    10814997,
    43365768,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  nvidia(
    'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    40546229,
    97998760,
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  nvidia(
    'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    89568129,
    227340992,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  nvidia(
    'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    3493179,
    5342176,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  nvidia(
    'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    716538495,
    1162393472,
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  nvidia(
    'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    200877592,
    293609416,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  nvidia(
    'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    68295626,
    166965432,
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  nvidia(
    'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    338117415,
    494975064,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  nvidia(
    'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    366465088,
    486556368,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  nvidia(
    'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    351526311,
    489653380,
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  nvidia(
    'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    39748338,
    95935344,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];

/** The pinned wheels. Only `linux-x64-cpu` and, without a GPU, `linux-x64-cuda` have been run. */
export const pinnedWheels: WheelTable = {
  'linux-x64-cpu': {
    tensorflowVersion: version,
    wheels: [
      tensorflow(
        'tensorflow-cpu',
        'manylinux_2_27_x86_64',
        274000871,
        853308936,
        'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      ),
    ],
  },
  'linux-x64-cuda': {
    tensorflowVersion: version,
    wheels: [
      tensorflow(
        'tensorflow',
        'manylinux_2_27_x86_64',
        572611111,
        1259021080,
        'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
      ),
      ...nvidiaLinuxX64,
    ],
  },
  'linux-arm64-cpu': {
    tensorflowVersion: version,
    wheels: [
      tensorflow(
        'tensorflow',
        'manylinux_2_27_aarch64',
        281946471,
        883062208,
        'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      ),
    ],
  },
  'darwin-arm64-cpu': {
    tensorflowVersion: version,
    wheels: [
      tensorflow(
        'tensorflow',
        'macosx_12_0_arm64',
        223488205,
        740805624,
        '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
      ),
    ],
  },
};
