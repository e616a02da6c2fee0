package dev.sternpost.vmotion.baseline;

/**
 * CPU models by their name in QEMU, older ones of a vendor first, with the features each has: QEMU 7.2 told them to {@code
 * query-cpu-model-expansion}. Where a feature has several names the one is taken that QEMU uses when it lists what is missing. A test holds this
 * against the QEMU that is installed.
 */
final class CpuModelText {
    static final String ALL = """
            Conroe: apic clflush cmov cx8 de fpu fxsr lahf-lm lm mca mce mmx msr mtrr nx pae pat pge pni pse pse36 sep sse \
              sse2 ssse3 syscall tsc
            Penryn: apic clflush cmov cx16 cx8 de fpu fxsr lahf-lm lm mca mce mmx msr mtrr nx pae pat pge pni pse pse36 \
              sep sse sse2 sse4.1 ssse3 syscall tsc
            Nehalem: apic clflush cmov cx16 cx8 de fpu fxsr lahf-lm lm mca mce mmx msr mtrr nx pae pat pge pni popcnt pse \
              pse36 sep sse sse2 sse4.1 sse4.2 ssse3 syscall tsc
            Westmere: aes apic arat clflush cmov cx16 cx8 de fpu fxsr lahf-lm lm mca mce mmx msr mtrr nx pae pat pclmulqdq \
              pge pni popcnt pse pse36 sep sse sse2 sse4.1 sse4.2 ssse3 syscall tsc
            SandyBridge: aes apic arat avx clflush cmov cx16 cx8 de fpu fxsr lahf-lm lm mca mce mmx msr mtrr nx pae pat \
              pclmulqdq pge pni popcnt pse pse36 rdtscp sep sse sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline x2apic \
              xsave xsaveopt
            IvyBridge: aes apic arat avx clflush cmov cx16 cx8 de erms f16c fpu fsgsbase fxsr lahf-lm lm mca mce mmx msr \
              mtrr nx pae pat pclmulqdq pge pni popcnt pse pse36 rdrand rdtscp sep smep sse sse2 sse4.1 sse4.2 ssse3 syscall \
              tsc tsc-deadline x2apic xsave xsaveopt
            Haswell-noTSX: abm aes apic arat avx avx2 bmi1 bmi2 clflush cmov cx16 cx8 de erms f16c fma fpu fsgsbase fxsr \
              invpcid lahf-lm lm mca mce mmx movbe msr mtrr nx pae pat pcid pclmulqdq pge pni popcnt pse pse36 rdrand rdtscp \
              sep smep sse sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline x2apic xsave xsaveopt
            Broadwell-noTSX: 3dnowprefetch abm adx aes apic arat avx avx2 bmi1 bmi2 clflush cmov cx16 cx8 de erms f16c fma \
              fpu fsgsbase fxsr invpcid lahf-lm lm mca mce mmx movbe msr mtrr nx pae pat pcid pclmulqdq pge pni popcnt pse \
              pse36 rdrand rdseed rdtscp sep smap smep sse sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline x2apic xsave \
              xsaveopt
            Skylake-Server-noTSX-IBRS: 3dnowprefetch abm adx aes apic arat avx avx2 avx512bw avx512cd avx512dq avx512f \
              avx512vl bmi1 bmi2 clflush clwb cmov cx16 cx8 de erms f16c fma fpu fsgsbase fxsr invpcid lahf-lm lm mca mce \
              mmx movbe msr mtrr nx pae pat pcid pclmulqdq pdpe1gb pge pku pni popcnt pse pse36 rdrand rdseed rdtscp sep \
              smap smep spec-ctrl sse sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline x2apic xgetbv1 xsave xsavec xsaveopt
            Cascadelake-Server-noTSX: 3dnowprefetch abm adx aes apic arat arch-capabilities avx avx2 avx512bw avx512cd \
              avx512dq avx512f avx512vl avx512vnni bmi1 bmi2 clflush clflushopt clwb cmov cx16 cx8 de erms f16c fma fpu \
              fsgsbase fxsr ibrs-all invpcid lahf-lm lm mca mce mds-no mmx movbe msr mtrr nx pae pat pcid pclmulqdq pdpe1gb \
              pge pku pni popcnt pse pse36 rdctl-no rdrand rdseed rdtscp sep skip-l1dfl-vmentry smap smep spec-ctrl ssbd sse \
              sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline x2apic xgetbv1 xsave xsavec xsaveopt
            Cooperlake: 3dnowprefetch abm adx aes apic arat arch-capabilities avx avx2 avx512-bf16 avx512bw avx512cd \
              avx512dq avx512f avx512vl avx512vnni bmi1 bmi2 clflush clflushopt clwb cmov cx16 cx8 de erms f16c fma fpu \
              fsgsbase fxsr hle ibrs-all invpcid lahf-lm lm mca mce mds-no mmx movbe msr mtrr nx pae pat pcid pclmulqdq \
              pdpe1gb pge pku pni popcnt pschange-mc-no pse pse36 rdctl-no rdrand rdseed rdtscp rtm sep skip-l1dfl-vmentry \
              smap smep spec-ctrl ssbd sse sse2 sse4.1 sse4.2 ssse3 stibp syscall taa-no tsc tsc-deadline x2apic xgetbv1 \
              xsave xsavec xsaveopt
            Icelake-Server-noTSX: 3dnowprefetch abm adx aes apic arat avx avx2 avx512-vpopcntdq avx512bitalg avx512bw \
              avx512cd avx512dq avx512f avx512vbmi avx512vbmi2 avx512vl avx512vnni bmi1 bmi2 clflush clflushopt clwb cmov \
              cx16 cx8 de erms f16c fma fpu fsgsbase fxsr gfni invpcid la57 lahf-lm lm mca mce mmx movbe msr mtrr nx pae pat \
              pcid pclmulqdq pdpe1gb pge pku pni popcnt pse pse36 rdrand rdseed rdtscp sep smap smep spec-ctrl ssbd sse sse2 \
              sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline umip vaes vpclmulqdq wbnoinvd x2apic xgetbv1 xsave xsavec \
              xsaveopt
            Opteron_G3: abm apic clflush cmov cx16 cx8 de fpu fxsr lahf-lm lm mca mce misalignsse mmx monitor msr mtrr nx \
              pae pat pge pni popcnt pse pse36 rdtscp sep sse sse2 sse4a svm syscall tsc
            Opteron_G4: 3dnowprefetch abm aes apic avx clflush cmov cx16 cx8 de fma4 fpu fxsr lahf-lm lm mca mce \
              misalignsse mmx msr mtrr npt nrip-save nx pae pat pclmulqdq pdpe1gb pge pni popcnt pse pse36 rdtscp sep sse \
              sse2 sse4.1 sse4.2 sse4a ssse3 svm syscall tsc xop xsave
            Opteron_G5: 3dnowprefetch abm aes apic avx clflush cmov cx16 cx8 de f16c fma fma4 fpu fxsr lahf-lm lm mca mce \
              misalignsse mmx msr mtrr npt nrip-save nx pae pat pclmulqdq pdpe1gb pge pni popcnt pse pse36 rdtscp sep sse \
              sse2 sse4.1 sse4.2 sse4a ssse3 svm syscall tbm tsc xop xsave
            EPYC: 3dnowprefetch abm adx aes apic arat avx avx2 bmi1 bmi2 clflush clflushopt cmov cr8legacy cx16 cx8 de \
              f16c fma fpu fsgsbase fxsr fxsr-opt lahf-lm lm mca mce misalignsse mmx mmxext monitor movbe msr mtrr npt \
              nrip-save nx osvw pae pat pclmulqdq pdpe1gb pge pni popcnt pse pse36 rdrand rdseed rdtscp sep sha-ni smap smep \
              sse sse2 sse4.1 sse4.2 sse4a ssse3 svm syscall topoext tsc xgetbv1 xsave xsavec xsaveopt
            EPYC-Rome: 3dnowprefetch abm adx aes amd-stibp apic arat avx avx2 bmi1 bmi2 clflush clflushopt clwb clzero \
              cmov cr8legacy cx16 cx8 de f16c fma fpu fsgsbase fxsr fxsr-opt ibpb lahf-lm lm mca mce misalignsse mmx mmxext \
              monitor movbe msr mtrr npt nrip-save nx osvw pae pat pclmulqdq pdpe1gb perfctr-core pge pni popcnt pse pse36 \
              rdpid rdrand rdseed rdtscp sep sha-ni smap smep sse sse2 sse4.1 sse4.2 sse4a ssse3 svm syscall topoext tsc \
              umip wbnoinvd xgetbv1 xsave xsavec xsaveerptr xsaveopt xsaves
            EPYC-Milan: 3dnowprefetch abm adx aes amd-ssbd amd-stibp apic arat avx avx2 bmi1 bmi2 clflush clflushopt clwb \
              clzero cmov cr8legacy cx16 cx8 de erms f16c fma fpu fsgsbase fsrm fxsr fxsr-opt ibpb ibrs invpcid lahf-lm lm \
              mca mce misalignsse mmx mmxext monitor movbe msr mtrr npt nrip-save nx osvw pae pat pcid pclmulqdq pdpe1gb \
              perfctr-core pge pku pni popcnt pse pse36 rdpid rdrand rdseed rdtscp sep sha-ni smap smep sse sse2 sse4.1 \
              sse4.2 sse4a ssse3 svm svme-addr-chk syscall topoext tsc umip wbnoinvd xgetbv1 xsave xsavec xsaveerptr \
              xsaveopt xsaves
            """;

    private CpuModelText() {}
}
