"""
The worked examples in the providers' own documentation: their keys, their message, their signature, reckoned anew by our adapters.

WeChat Pay publishes whole ones, of which merchants are to reproduce the signature letter by letter; the key pair is one for this
purpose alone. Alipay publishes what is to be signed and no key that belongs to its signature; Stripe shows a header without body
and secret. Of these two what is there is tried here, and the rest stands in ``test_oracles``.
"""

from datetime import UTC, datetime, timedelta

import pytest

from payments.providers import Forged
from payments.providers import alipay as our_alipay
from payments.providers import stripe as our_stripe
from payments.providers import wechat as our_wechat
from payments.tests.schemes import KEYS


def joined(*lines):
    return "".join(lines)


class TestWeChat:
    """pay.weixin.qq.com, "如何生成请求签名" and "如何使用微信支付公钥验签", read in November 2026."""

    MERCHANT, SERIAL = "1900007291", "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"
    PRIVATE_KEY = joined(
        "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCm2mb6q8gMKH/3",
        "CNTbpJAIrbqiBiQGEOtjGcBrDYltsGynWgNscqT7WvfzU14FQbYcQUC5T4Wvva7m",
        "i3fIp3OgX8VqMDNA0qebnr38Pe6kqiLyZgFpJPXlSKDyPyqhRbVTbXssvSMQeVKc",
        "dXeVxoNNeoOlNFHgF/P0io6AmAVnz+hN8SiZKuOsth5/zUTLGvtkgxBcQooQrtXh",
        "RcpLT798OyIb9xeJ2HO3xRtMv2+perEzb4gMibI74UBz+2QEbnkubPE+2jU2rRZu",
        "dnNEz/BPOt3Qj/w2V6/G0VumGDh6+UeMU0jv4aupHztWITC4Akn0l7lBCNy3lgl8",
        "VFaJnkIxAgMBAAECggEAYGL8aESB7NwciDWW2UdoWUsa7GxFtSdjAz2mFXGdeTsY",
        "mVh7b9OOkRGM+Qio4LqEHDBp1mMk5E/cUJwy1zw8pGGO5nfvs7u9TT3XnHaefIs4",
        "YvUgTYAneIuLRkXNN5rQU+CD7mVYczTSz0Vgjqo9wa1LjUz7G0xbBmJgTdMEFGJs",
        "eJjy6AbJo0CGIwp6HJbTm4CmOUgXnnDAIbEGTIRImkZFH/rzneIeR7oZ77FVwxr1",
        "CZB2gfRCov/yRPbw8vnryYkmvQ7D/ze3j5097vRg/MoDGBSdoOwcmo75vyofr0AS",
        "zytMjmHYyifqkf5slPropSiJeGf4p/7gtKyF6dE/XQKBgQDVAlJ+4U5ZVGOuDc3+",
        "sAhz8CTzgFNlq9vKuSoFK6hOz2L+cwj+E7NXGkOe2DsHHZNy2Xqxk7caKhPEp1z9",
        "hhpMpyLVMoFt6CKemyoRBWDCQwLLwem9SZF/IAyovBkLiH36P42Jm26gUkNMKC/5",
        "Zhtqxf6RZgRQzbVudJi47vIRCwKBgQDIh0+v27Oo+DM3fhObH4I1NrXpWOEGH7OQ",
        "G1dEsMuFYF4hjGhg0kBEP3w9vVdl2+mRllZKTsx9oqjb8OibPLLIH8xsdbAB0WLf",
        "JvjLu4wl/ILUzN1RI03dWnnv2EnEeQn6c3hizvrJ9wR5U4ue9RPVnQooJ0hZF1PU",
        "uCL5fWK3MwKBgElReU/PAYbh80WP3t3Rfbdaa32dKBeQ5iCLR5lsA4zM+YgX1HqQ",
        "EWTj126vgvHaDkyz6vWAoL/Sx+cirHFfXWIRDX5Q2hgYlQH+6qXdMgbrxeSYpHnQ",
        "/tHBGFpkFELSAnrGsVMyOwvYBO4LzyeLK9i+ufcWJFoj1FVmsMLHDG8tAoGARdbi",
        "iQQCoYG4DMarO2aQ6cmhN6EN1h0qY7EyBqlwaIZ0okiNfdMcMOjPc41DKCWcRmlO",
        "qlihXcxN9TQFPzO3rH1urAOdBjUPs1qWYhZyrDQyuLyVBBJApyxAtajloDjrob+f",
        "mQIvVDHk7ACN6xG+E7K6+9salnTKbJapD618uQMCgYBNy6XUvzLkP/A1U/UZdtcx",
        "l8GwU/dturLxz4CyGbqDw4ubaYY2e13lnqHUqQgPtiSyH51nq3tdo8G0YAJdfkSv",
        "KvnfslW91fyEBUKnkdW1o3/1UFU/wprZ7ixVL/F42A4xDu7OFE8EnweJOZ0jWceE",
        "OdhCkaIGBCfRnlECRK8UyQ==",
    )
    ORDERED = joined(
        '{"appid":"wxd678efh567hg6787","mchid":"1900007291","description":"Image形象店-深圳腾大-QQ公仔",',
        '"out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php",',
        '"amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}',
    )
    SIGNED = joined(
        "jnks4dlrPw3ZX+ozVvSK39oa0t7OMBsg83BHAwd8BRdUFiVaQNTLTvci+wURgP1OQBbKYhFGvt7iqYpDSTQkp7Uq1sltaQKyncCyrA1g88m5bsKERQfPyT0a",
        "hSwKTYJ1CAn9QiJuSJRq1QsQs07eehbU/k9BCS51jTyc1Jpsi2H77HF9f/BnjXAOP3/sPObg6V5Ee4EzwLox684hhuMuIwHo7D8KFk3LIHOKDcNI4It1aCXy",
        "dFWNpNK+SG86VUDe5kwoDpw4Ulqfu9z8OFDGbDs9TCxEv8iqQzbpxOlEVoOe2kalSYM5kApQb3nZcxdUtoE0liJGW3RGUNE0t4v01A==",
    )

    PLATFORM_KEY_ID = "PUB_KEY_ID_0000000000000024101100397200000006"
    PLATFORM_KEY = joined(
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwXNI6sdlknHBnK8Fu2U6Cwor9qY747jP8KAfeBMeveEt1TqaHkLfaSD07trZLhGpfs8/AHqjhgSM",
        "O1O10YQWOrrJ4hjIWPKqxbgrYMkBQc+mwdiWp4W3ByCqxBRagCveCXRWCmuJYovl9H/bsDI0iGbpVtEOghJtfciisYSgxcLufUDTRkvwxjIBK1pCRjk33jJ5",
        "YTBWTHMRtMAOcFLNF6hdEYdX8SPsgHHeLZ5Lv2T/686w1xtgCHef/sd4uSfWmyzsalQdHG/e4IyYmrhx+O3VBoNDzE3nx23bFeV/RVNCG7cV6VhmYokJNHa/",
        "erIPkEmEFID6A5wQOXuxUkmJWwIDAQAB",
    )
    ANSWERED = b'{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}'
    ANSWERED_AT = datetime.fromtimestamp(1722850421, tz=UTC)
    HEADERS = {
        "Wechatpay-Timestamp": "1722850421",
        "Wechatpay-Nonce": "d824f2e086d3c1df967785d13fcd22ef",
        "Wechatpay-Serial": PLATFORM_KEY_ID,
        "Wechatpay-Signature": joined(
            "mfI1CPqvBrgcXfgXMFjdNIhBf27ACE2YyeWsWV9ZI7T7RU0vHvbQpu9Z32ogzc+k8ZC5n3kz7h70eWKjgqNdKQF0eRp8mVKlmfzMLBVHbssB9jEZEDXThOX1",
            "XFqX7s7ymia1hoHQxQagPGzkdWxtlZPZ4ZPvr1RiqkgAu6Is8MZgXXrRoBKqjmSdrP1N7uxzJ/cjfSiis9FiLjuADoqmQ1P7p2N876YPAol7Rn0+GswwAwxl",
            "dbdLrmVSjfytfSBJFqTMHn4itojgxSWWN1byuckQt8hSTEv/Lg97QoeGniYP17T80pJeQyL3b+295FPHSO2AtvCgyIbKMZ0BALilAA==",
        ),
    }

    @pytest.fixture(autouse=True)
    def theirs(self, settings):
        own = {"mch_id": self.MERCHANT, "serial": self.SERIAL, "private_key": self.PRIVATE_KEY}
        platform = {"platform_key_id": self.PLATFORM_KEY_ID, "platform_public_key": self.PLATFORM_KEY}
        settings.PAYMENT_KEYS = {**KEYS, "wechat": {**KEYS["wechat"], **own, **platform}}

    def test_we_authorize_their_request_letter_by_letter(self, monkeypatch, time_machine):
        time_machine.move_to(datetime.fromtimestamp(1554208460, tz=UTC), tick=False)
        monkeypatch.setattr(our_wechat.secrets, "token_hex", lambda _: "593BEC0C930BF1AFEB40B4A08C8FB242")
        said = our_wechat.WeChat()._authorization("POST", "/v3/pay/transactions/jsapi", self.ORDERED.encode())
        assert said == (
            'WECHATPAY2-SHA256-RSA2048 mchid="1900007291",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",'
            f'signature="{self.SIGNED}",timestamp="1554208460",serial_no="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"'
        )

    def test_we_believe_their_answer(self):
        our_wechat.WeChat()._require_signature(self.HEADERS, self.ANSWERED, at=self.ANSWERED_AT)

    @pytest.mark.parametrize(
        "name", ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"]
    )
    def test_we_do_not_believe_it_with_another_header(self, name):
        said = self.HEADERS[name]
        changed = {**self.HEADERS, name: f"{said[:8]}{'1' if said[8] != '1' else '2'}{said[9:]}"}
        with pytest.raises(Forged):
            our_wechat.WeChat()._require_signature(changed, self.ANSWERED, at=self.ANSWERED_AT)

    def test_nor_with_another_body_nor_at_another_time(self):
        for body, at in (
            (self.ANSWERED.replace(b"JyC", b"jyC"), self.ANSWERED_AT),
            (self.ANSWERED, self.ANSWERED_AT + timedelta(seconds=301)),
        ):
            with pytest.raises(Forged):
                our_wechat.WeChat()._require_signature(self.HEADERS, body, at=at)


def test_what_alipay_signs_is_its_own_example():
    """opendocs.alipay.com, "自行实现签名": the fields of a request, and the text to be signed; the key of its signature is not published."""
    content = joined(
        '{"button":[{"actionParam":"ZFB_HFCZ","actionType":"out","name":"话费充值"},{"name":"查询","subButton":[',
        '{"actionParam":"ZFB_YECX","actionType":"out","name":"余额查询"},{"actionParam":"ZFB_LLCX","actionType":"out","name":"流量查询"},',
        '{"actionParam":"ZFB_HFCX","actionType":"out","name":"话费查询"}]},{"actionParam":"http://m.alipay.com","actionType":"link","name":"最新优惠"}]}',
    )
    fields = {
        "app_id": "2014072300007148", "method": "alipay.mobile.public.menu.add", "charset": "GBK", "sign_type": "RSA2",
        "timestamp": "2014-07-24 03:07:50", "biz_content": content, "sign": "e9zEAe4TTQ4LPLQvETPoLGXTiURcxiAKfMVQ6Hrrsx2h", "version": "1.0",
    }  # fmt: skip
    assert our_alipay.to_be_signed(fields).decode() == (
        f"app_id=2014072300007148&biz_content={content}&charset=GBK&method=alipay.mobile.public.menu.add&sign_type=RSA2"
        "&timestamp=2014-07-24 03:07:50&version=1.0"
    )


def test_stripes_example_of_a_header_is_read_and_not_believed():
    """docs.stripe.com/webhooks: a header whose body and secret are not published; its second scheme, v0, counts for nothing."""
    header = (
        "t=1492774577,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd,"
        "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"
    )
    with pytest.raises(Forged, match="signature"):
        our_stripe.require_signature(header, b"{}", secret="whsec_x", at=datetime.fromtimestamp(1492774577, tz=UTC))
