# Read by libaom's rtcd.pl after its own tables: of which functions there is in the sandbox only the plain C.
#
# These have variants in assembler alone, or calculate with fractions, whose sums would depend on their order, or are for pictures that
# move.

my $plain = qr{
    _sad_?(skip_)?[0-9]+x | masked | obmc | dist_wtd | sub_pixel | comp_mask | comp_avg
    | _convolve8 | 2d_scale | fft | _nn_ | flow | correlation | stddev | temporal_filter
    | aom_highbd_(8_|10_|12_)?(variance|mse) | mse_wxh_16bit_highbd | aom_highbd_get
    | subtract_block | av1_block_error$
    | ^aom_(highbd_)?(v|h|dc|dc_top|dc_left|dc_128)_predictor_(4x4|8x8|16x16|32x32)$
}x;

foreach my $function (grep { $_ =~ $plain } keys %ALL_FUNCS) {
    undef ${"${function}_$_"} foreach qw(mmx sse sse2 sse3 ssse3 sse4_1);
}

1;
