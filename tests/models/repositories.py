"""Folders as repositories of published multilingual encoders have them, with tiny random weights and vocabularies."""

import json
from collections.abc import Callable
from pathlib import Path

import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForPreTraining,
    DebertaV2Config,
    DebertaV2Model,
    EuroBertConfig,
    EuroBertForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    PretrainedConfig,
    PreTrainedModel,
    RemBertConfig,
    RemBertForMaskedLM,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

SIZE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
LINES = [
    "anna saw the dog, and the red dog met anna in a house on monday?",
    "安娜,在星期一见到了红狗(12)。",
    "1998年,他住在北京;100%",
] * 30
XLMR = {"unk": "<unk>", "bos": "<s>", "eos": "</s>"}
MDEBERTA = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
REMBERT = {"pad": "<pad>", "unk": "<unk>", "bos": "[CLS]", "eos": "[SEP]"}


def train_pieces(path: Path, special: dict[str, str], vocabulary: int = 110, **options) -> None:
    """Write a sentencepiece model whose first tokens are `special`."""
    pieces = {f"{key}_piece": piece for key, piece in special.items()}
    numbers = {f"{key}_id": number for number, key in enumerate(special)}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES), model_prefix=str(path.with_suffix("")), vocab_size=vocabulary,
        hard_vocab_limit=False, minloglevel=2, **pieces, **numbers, **options,
    )  # fmt: skip
    path.with_suffix(".vocab").unlink()


def write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def write_config(folder: Path, config: PretrainedConfig, **tokenizer) -> None:
    """Write config.json, and tokenizer_config.json with what is given."""
    folder.mkdir(parents=True)
    config.save_pretrained(folder)
    write_json(folder / "tokenizer_config.json", tokenizer)


def _xlmr(folder: Path, vocabulary: int) -> None:
    config = XLMRobertaConfig(**SIZE, vocab_size=200, max_position_embeddings=66, type_vocab_size=1)
    write_config(folder, config)
    train_pieces(folder / "sentencepiece.bpe.model", XLMR, vocabulary, pad_id=-1)
    weights = XLMRobertaForMaskedLM(config).state_dict()
    torch.save(weights | {"roberta.embeddings.position_ids": torch.arange(66)}, folder / "pytorch_model.bin")


def xlm_r(folder: Path) -> None:
    """XLM-R before it had a tokenizer.json: tied weights under two names, a buffer that transformers 5 has no more."""
    _xlmr(folder, 50)


def xlm_v(folder: Path) -> None:
    """XLM-V: XLM-R with more tokens."""
    _xlmr(folder, 110)


def mbert(folder: Path) -> None:
    """mBERT: a cased vocabulary, both heads of its pretraining, and normalisation weights under their old names."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    characters = [*sorted(set("".join(LINES)) - {" "}), "Anna", "##A"]
    entries = special + characters + [f"##{each}" for each in characters if len(each) == 1]
    config = BertConfig(**SIZE, vocab_size=len(entries), max_position_embeddings=64)
    write_config(folder, config, do_lower_case=False, model_max_length=512)
    (folder / "vocab.txt").write_text("\n".join(entries) + "\n", encoding="utf-8")
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    weights = {}
    for name, tensor in BertForPreTraining(config).state_dict().items():
        ending = next((ending for ending in old if name.endswith(ending)), "")
        weights[name.removesuffix(ending) + old.get(ending, "")] = tensor
    torch.save(weights, folder / "pytorch_model.bin")


def mdeberta_v3(folder: Path) -> None:
    """mDeBERTa-v3: spm.model and pytorch_model.bin, with the heads of its pretraining, in half precision."""
    relative = {"relative_attention": True, "position_buckets": 16, "pos_att_type": ["p2c", "c2p"]}
    norms = {"norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False}
    config = DebertaV2Config(**SIZE, **relative, **norms, vocab_size=200, type_vocab_size=0, pad_token_id=0)
    write_config(folder, config, do_lower_case=False, vocab_type="spm")
    train_pieces(folder / "spm.model", MDEBERTA)
    weights = {f"deberta.{name}": tensor for name, tensor in DebertaV2Model(config).state_dict().items()}
    for head in ("mask_predictions", "lm_predictions.lm_head"):
        weights |= {f"{head}.dense.weight": torch.ones(16, 16), f"{head}.LayerNorm.bias": torch.ones(16)}
    weights |= {"mask_predictions.classifier.weight": torch.ones(1, 16), "lm_predictions.lm_head.bias": torch.ones(200)}
    torch.save({name: tensor.half() for name, tensor in weights.items()}, folder / "pytorch_model.bin")


def rembert(folder: Path) -> None:
    """RemBERT: output embeddings of their own width, not tied."""
    config = RemBertConfig(
        **SIZE, vocab_size=200, input_embedding_size=8, output_embedding_size=24, max_position_embeddings=64
    )
    write_config(folder, config)
    train_pieces(folder / "sentencepiece.model", REMBERT, control_symbols="[MASK]")
    torch.save(RemBertForMaskedLM(config).state_dict(), folder / "pytorch_model.bin")


def xlm_r_today(folder: Path) -> None:
    """XLM-R as the Hub has it: safetensors and tokenizer.json, in which alone the special tokens are named."""
    _xlmr(folder, 110)
    model = XLMRobertaForMaskedLM(XLMRobertaConfig.from_pretrained(folder))
    _as_today(folder, model, model_max_length=512)


def mbert_today(folder: Path) -> None:
    """mBERT as the Hub has it: as XLM-R, with its vocabulary beside."""
    mbert(folder)
    _as_today(folder, BertForPreTraining(BertConfig.from_pretrained(folder)), do_lower_case=False, model_max_length=512)


def _as_today(folder: Path, model: PreTrainedModel, **tokenizer) -> None:
    content = json.loads(AutoTokenizer.from_pretrained(folder).backend_tokenizer.to_str())
    for token in content["added_tokens"]:
        token["lstrip"] = token["content"] == "<mask>"
    write_json(folder / "tokenizer.json", content)
    (folder / "pytorch_model.bin").unlink()
    model.save_pretrained(folder)
    write_json(folder / "tokenizer_config.json", tokenizer)


def _bpe(special: list[str], pair: str, byte_level: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(byte_fallback=not byte_level, unk_token=None if byte_level else "<unk>"))
    alphabet = pre_tokenizers.ByteLevel.alphabet() if byte_level else []
    if byte_level:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
        special = [*special, *(f"<0x{number:02X}>" for number in range(256))]
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(LINES, trainer)
    numbers = [(token, tokenizer.token_to_id(token)) for token in set(pair.split()) - {"$A", "$B"}]
    single = pair[: pair.index(" $B")]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=numbers)
    tokenizer.decoder = decoders.ByteLevel() if byte_level else decoders.ByteFallback()
    return tokenizer


def modernbert(folder: Path) -> None:
    """ModernBERT: safetensors and tokenizer.json."""
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]"}
    numbers = {"cls_token_id": 0, "bos_token_id": 0, "sep_token_id": 1, "eos_token_id": 1, "pad_token_id": 2}
    config = ModernBertConfig(**SIZE, **numbers, vocab_size=430, local_attention=16)
    write_config(folder, config, tokenizer_class="PreTrainedTokenizerFast", **names)
    _bpe(list(names.values()), "[CLS] $A [SEP] $B [SEP]", True).save(str(folder / "tokenizer.json"))
    ModernBertForMaskedLM(config).save_pretrained(folder)


def mmbert(folder: Path) -> None:
    """mmBERT: ModernBERT with the tokenizer of Gemma, whose unknown characters become bytes."""
    names = {
        "pad_token": "<pad>",
        "cls_token": "<bos>",
        "sep_token": "<eos>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }
    numbers = {"pad_token_id": 0, "cls_token_id": 1, "bos_token_id": 1, "sep_token_id": 2, "eos_token_id": 2}
    config = ModernBertConfig(**SIZE, **numbers, vocab_size=700, local_attention=16)
    write_config(folder, config, tokenizer_class="GemmaTokenizerFast", **names)
    _bpe(list(names.values()), "<bos> $A <eos> $B <eos>", False).save(str(folder / "tokenizer.json"))
    ModernBertForMaskedLM(config).save_pretrained(folder)


def eurobert(folder: Path) -> None:
    """EuroBERT: its configuration names code of the repository, and its tokenizer a begin and an end of text alone."""
    names = {
        "bos_token": "<|begin_of_text|>",
        "eos_token": "<|end_of_text|>",
        "pad_token": "<|pad|>",
        "mask_token": "<|mask|>",
    }
    config = EuroBertConfig(
        **SIZE, vocab_size=430, num_key_value_heads=2, pad_token_id=2, bos_token_id=0, eos_token_id=1, mask_token_id=3,
        max_position_embeddings=64,
    )  # fmt: skip
    write_config(folder, config, tokenizer_class="PreTrainedTokenizerFast", **names)
    code = {"AutoConfig": "configuration_eurobert.EuroBertConfig", "AutoModel": "modeling_eurobert.EuroBertModel"}
    pair = "<|begin_of_text|> $A <|end_of_text|> $B <|end_of_text|>"
    _bpe(list(names.values()), pair, True).save(str(folder / "tokenizer.json"))
    EuroBertForMaskedLM(config).save_pretrained(folder)
    write_json(folder / "config.json", config.to_dict() | {"auto_map": code})


#: By the name that the table of docs/models.md gives.
REPOSITORIES: dict[str, Callable[[Path], None]] = {
    "XLM-R": xlm_r_today,
    "XLM-R, older files": xlm_r,
    "XLM-V": xlm_v,
    "mBERT": mbert_today,
    "mBERT, older files": mbert,
    "mDeBERTa-v3": mdeberta_v3,
    "RemBERT": rembert,
    "ModernBERT": modernbert,
    "mmBERT": mmbert,
    "EuroBERT": eurobert,
}
