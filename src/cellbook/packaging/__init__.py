"""Models packed so that they work elsewhere and later: signature, environment, bundle.

This room knows no book: it takes a model and makes a folder, and the other way round.
"""

from cellbook.packaging.bundle import (
    Bundle,
    PackagedModel,
    load_bundle,
    open_bundle,
    pack_bundle,
    save_bundle,
    unpack_bundle,
)
from cellbook.packaging.checking import BundleCheck, carry_wheels, check_bundle
from cellbook.packaging.materials import bill_of_materials, write_bill_of_materials
from cellbook.packaging.onnx_export import export_onnx
from cellbook.packaging.signature import Column, Columns, Signature, Tensor, infer_signature
from cellbook.packaging.signing import sign_bundle, verify_signature

__all__ = [
    "Bundle",
    "BundleCheck",
    "Column",
    "Columns",
    "PackagedModel",
    "Signature",
    "Tensor",
    "bill_of_materials",
    "carry_wheels",
    "check_bundle",
    "export_onnx",
    "infer_signature",
    "load_bundle",
    "open_bundle",
    "pack_bundle",
    "save_bundle",
    "sign_bundle",
    "unpack_bundle",
    "verify_signature",
    "write_bill_of_materials",
]
