//! What each kind of error weighs, on each scale and in each channel: the metric's own figures, fitted to what people saw.

/// Errors of one channel on one scale. Of structure, of artifacts and of lost detail: first the mean, then the norm of the fourth order,
/// which looks at the worst places.
#[derive(Clone, Copy, Default)]
pub(super) struct Errors(pub(super) [f64; 6]);

impl Errors {
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, more)| *sum += more);
    }

    /// From sums of errors and of their fourth powers.
    pub(super) fn norms(self, pixels: f64) -> Self {
        let [structure, structure4, artifacts, artifacts4, lost, lost4] = self.0.map(|sum| sum / pixels);
        let root = |norm: f64| norm.sqrt().sqrt();
        Self([structure, root(structure4), artifacts, root(artifacts4), lost, root(lost4)])
    }
}

/// Less makes no difference of 0.02 in a score.
const LEAST: f64 = 0.01;

/// The weights for pictures of so many scales.
pub(super) struct Weights {
    scales: usize,
}

impl Weights {
    pub(super) fn new(scales: usize) -> Self {
        Self { scales }
    }

    /// How many scales have a weight that matters.
    pub(super) fn scales(&self) -> usize {
        (0..self.scales)
            .rev()
            .find(|&scale| (0..3).any(|channel| self.matter(channel, scale)))
            .map_or(0, |last| last + 1)
    }

    pub(super) fn matter(&self, channel: usize, scale: usize) -> bool {
        self.of(channel, scale).iter().any(|&weight| weight >= LEAST)
    }

    pub(super) fn weigh(&self, channel: usize, scale: usize, errors: &Errors) -> f64 {
        let [structure, structure4, artifacts, artifacts4, lost, lost4] = errors.0;
        let errors = [structure, artifacts, lost, structure4, artifacts4, lost4];
        self.of(channel, scale).iter().zip(errors).map(|(weight, error)| weight * error).sum()
    }

    /// Of pictures that are too small for all scales, the metric takes the first weights there are, whatever they were fitted for.
    fn of(&self, channel: usize, scale: usize) -> [f64; 6] {
        WEIGHTS.get(channel * self.scales + scale).copied().unwrap_or_default()
    }
}

/// For X, Y and B, on the scales from large to small: structure, artifacts and lost detail in the mean, then in the worst places.
#[rustfmt::skip]
const WEIGHTS: [[f64; 6]; 18] = [
    [0.0, 0.000_737_660_670_740_658_6, 0.0, 0.0, 0.000_779_348_168_286_730_9, 0.0],
    [0.0, 0.000_437_115_573_010_737_9, 0.0, 1.104_172_642_665_734_6, 0.000_662_848_341_292_71, 0.000_152_316_327_837_187_52],
    [0.0, 0.001_640_643_745_659_975_4, 0.0, 1.842_245_552_053_929_8, 11.441_172_603_757_666, 0.0],
    [0.000_798_910_943_601_516_3, 0.000_176_816_438_078_653, 0.0, 1.878_759_497_954_638_7, 10.949_069_906_051_42, 0.0],
    [0.000_728_934_699_150_807_2, 0.967_793_708_062_683_3, 0.0, 0.000_140_034_242_854_358_84, 0.998_176_697_785_496_7, 0.000_319_497_559_344_350_53],
    [0.000_455_099_211_379_206_3, 0.0, 0.0, 0.001_364_876_616_324_339_8, 0.0, 0.0],
    [0.0, 0.0, 0.0, 7.466_890_328_078_848, 0.0, 17.445_833_984_131_262],
    [0.000_623_560_163_404_146_6, 0.0, 0.0, 6.683_678_146_179_332, 0.000_377_244_079_796_112_96, 1.027_889_937_768_264],
    [225.205_153_008_492_74, 0.0, 0.0, 19.213_238_186_143_016, 0.001_140_152_458_661_836_1, 0.001_237_755_635_509_985],
    [176.393_175_984_506_94, 0.0, 0.0, 24.433_009_998_704_76, 0.285_208_026_121_177_57, 0.000_448_543_692_383_340_8],
    [0.0, 0.0, 0.0, 34.779_063_444_837_72, 44.835_625_328_877_896, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.000_868_055_657_329_169_8, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.000_531_319_187_435_874_7, 0.0, 0.000_165_338_141_613_791_12, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.000_417_917_180_325_133_6, 0.001_729_082_823_472_283_3, 0.0],
    [0.002_082_700_584_663_643_7, 0.0, 0.0, 8.826_982_764_996_862, 23.192_433_439_989_26, 0.0],
    [95.108_049_881_108_6, 0.986_397_803_440_068_2, 0.983_438_279_246_535_3, 0.001_228_640_504_827_849_3, 171.266_725_589_730_7, 0.980_785_887_243_537_9],
    [0.0, 0.0, 0.0, 0.000_513_006_458_899_067_9, 0.0, 0.000_108_540_578_584_115_37],
];
