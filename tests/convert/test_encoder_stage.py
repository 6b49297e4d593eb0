from inksight_cli.convert.encoder_stage import expose_encoder

PROGRAM = """module @m {
  func.func public @main(%arg0: tensor<2xf32>) -> (tensor<?x1x4xi32> {a = "[0]"}) {
    %0 = call @inner(%arg0) : (tensor<2xf32>) -> tensor<?x1x4xi32> loc(#loc)
    return %0 : tensor<?x1x4xi32> loc(#loc)
  } loc(#loc)
  func.func private @inner(%arg0: tensor<2xf32>) -> (tensor<?x1x4xi32> {b = "(y)"}) {
    %3:2 = stablehlo.while(%i = %1, %j = %2) : tensor<?x208x16xf32>, tensor<?x1x4xi32>
    return %3#1 : tensor<?x1x4xi32> loc(#loc)
  } loc(#loc)
}
"""


def test_the_loops_operand_becomes_a_result_of_both_functions():
    text = expose_encoder(PROGRAM, 208, 16).text
    kind = "tensor<?x208x16xf32>"
    assert f"return %3#1, %1 : tensor<?x1x4xi32>, {kind} loc(#loc)" in text
    assert f"%0:2 = call @inner(%arg0) : (tensor<2xf32>) -> (tensor<?x1x4xi32>, {kind})" in text
    assert f"return %0#0, %0#1 : tensor<?x1x4xi32>, {kind} loc(#loc)" in text
    assert text.count(f", {kind}) {{") == 2


def test_a_program_of_its_own_kind_is_left_alone():
    assert expose_encoder(PROGRAM, 208, 32) is None
    assert expose_encoder(PROGRAM.replace("stablehlo.while", "other"), 208, 16) is None
    assert expose_encoder(PROGRAM.replace("call @inner", "call @else"), 208, 16) is None
    assert expose_encoder("", None, 16) is None
