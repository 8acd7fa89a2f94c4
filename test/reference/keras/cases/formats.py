"""Layers with channels first, where TensorFlow computes them on this machine."""

from build import L, MAJOR, case, keras, one

if MAJOR == 3:
    one("first_conv2", (3, 8, 9), lambda: L.Conv2D(4, 3, padding="same", strides=2, data_format="channels_first"))
    one("first_conv1", (3, 9), lambda: L.Conv1D(4, 3, data_format="channels_first"))
    one("first_depth2", (3, 8, 9), lambda: L.DepthwiseConv2D(3, data_format="channels_first"))
    one("first_trans2", (3, 5, 6), lambda: L.Conv2DTranspose(4, 3, strides=2, data_format="channels_first"))
    one("first_max2", (3, 8, 9), lambda: L.MaxPooling2D(2, data_format="channels_first"))
    one("first_average2", (3, 8, 9), lambda: L.AveragePooling2D(3, 2, "same", data_format="channels_first"))
one("first_up2", (3, 4, 5), lambda: L.UpSampling2D(2, data_format="channels_first"))
one("first_pad2", (3, 4, 5), lambda: L.ZeroPadding2D(((1, 2), (0, 1)), data_format="channels_first"))
one("first_crop2", (3, 4, 5), lambda: L.Cropping2D(1, data_format="channels_first"))
one("first_up1", (4, 5), lambda: L.UpSampling1D(2))
